namespace AspireLB.AppHost.Embedded;

/// <summary>Adds resources to the application.</summary>
internal static class ResourceExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure) where TProject : IProjectMetadata, new()
    {
        var options = new ProjectResourceOptions();
        configure(options);
        if (!options.ExcludeLaunchProfile)
            throw new NotSupportedException($"The embedded host reads no launch profiles: set ExcludeLaunchProfile for {name}.");

        var project = new TProject();
        return builder.Add(new ProjectResource(name, project.AssemblyPath, Path.GetDirectoryName(project.ProjectPath)!));
    }

    public static IResourceBuilder<ContainerResource> AddDockerfile(
        this IDistributedApplicationBuilder builder, string name, string contextPath, string? dockerfilePath = null) =>
        builder.Add(new ContainerResource(name, builder.FullPath(contextPath), dockerfilePath ?? "Dockerfile"));

    public static IResourceBuilder<PythonAppResource> AddPythonApp(this IDistributedApplicationBuilder builder, string name, string appDirectory, string scriptPath) =>
        builder.Add(new PythonAppResource(name, builder.FullPath(appDirectory), scriptPath));

    public static IResourceBuilder<T> WithBuildArg<T>(this IResourceBuilder<T> builder, string name, object? value) where T : ContainerResource
    {
        builder.Resource.BuildArguments[name] = value?.ToString() ?? "";
        return builder;
    }

    private static ResourceBuilder<T> Add<T>(this IDistributedApplicationBuilder builder, T resource) where T : IResource
    {
        if (builder.Resources.Any(other => other.Name.Equals(resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new InvalidOperationException($"There is a resource named {resource.Name} already.");
        builder.Resources.Add(resource);
        return new ResourceBuilder<T>(builder, resource);
    }

    private static string FullPath(this IDistributedApplicationBuilder builder, string path) => Path.GetFullPath(path, builder.AppHostDirectory);
}
