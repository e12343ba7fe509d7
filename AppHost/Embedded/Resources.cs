namespace AspireLB.AppHost.Embedded;

internal interface IResource
{
    /// <summary>Unique within the application; also the host name that others find it by.</summary>
    string Name { get; }

    /// <summary>Everything that the builder methods have said about the resource.</summary>
    ResourceDescription Description { get; }
}

internal interface IResourceWithEndpoints : IResource;

internal interface IResourceWithEnvironment : IResource;

internal interface IResourceWithArgs : IResource;

internal interface IResourceWithWaitSupport : IResource;

internal interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

internal abstract class Resource(string name)
    : IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport
{
    public string Name { get; } = name;

    public ResourceDescription Description { get; } = new();
}

/// <summary>A container of an image that is built from <paramref name="dockerfile"/> in <paramref name="contextPath"/>.</summary>
internal class ContainerResource(string name, string contextPath, string dockerfile) : Resource(name)
{
    public string ContextPath { get; } = contextPath;

    public string Dockerfile { get; } = dockerfile;

    public Dictionary<string, string> BuildArguments { get; } = [];
}

/// <summary>A .NET project, run from its build output with its own folder as working directory.</summary>
internal sealed class ProjectResource(string name, string assemblyPath, string directory) : Resource(name), IResourceWithServiceDiscovery
{
    public string AssemblyPath { get; } = assemblyPath;

    public string Directory { get; } = directory;
}

/// <summary>A Python script, run with <paramref name="directory"/> as working directory.</summary>
internal sealed class PythonAppResource(string name, string directory, string script) : Resource(name), IResourceWithServiceDiscovery
{
    public string Directory { get; } = directory;

    public string Script { get; } = script;
}

internal sealed class ProjectResourceOptions
{
    /// <summary>The embedded host reads no launch profiles, so that this must be true.</summary>
    public bool ExcludeLaunchProfile { get; set; }
}

/// <summary>A project of the solution. The build writes one implementation, <c>Projects.Name</c>, for each project reference.</summary>
internal interface IProjectMetadata
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Full path of the assembly that its build writes.</summary>
    string AssemblyPath { get; }
}
