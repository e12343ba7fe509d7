using System.Globalization;
using AspireLB.AppHost.Options;

namespace AspireLB.AppHost.Servers;

/// <summary>Adds Flask servers, each with a port on this machine. All run in the same way, decided before the first is added.</summary>
internal sealed class FlaskServers(Func<string, int, IResourceBuilder<IResourceWithEndpoints>> add)
{
    private const int ContainerPort = 8000;

    public IResourceBuilder<IResourceWithEndpoints> Add(string name, int port) => add(name, port);

    /// <summary>
    /// Decides between containers and processes and prepares what they need. Unless the options choose one, it uses containers if an engine
    /// responds and can build the image, and processes otherwise; one line on the console says which and why.
    /// </summary>
    /// <returns>Null if neither is possible: the console says why, and <see cref="Environment.ExitCode"/> is 2.</returns>
    public static async Task<FlaskServers?> PrepareAsync(IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        var directory = Path.GetFullPath("../backends", builder.AppHostDirectory);
        if (builder.ExecutionContext.IsPublishMode)
            return new FlaskServers((name, _) => Published(builder, name, directory, options));

        var reason = "";
        if (options.Run != BackendRun.Process)
        {
            (var image, reason) = await PrepareImageAsync(builder, directory, options);
            if (image is not null)
            {
                Console.WriteLine(
                    $"Flask servers: {options.BackendPorts.Count} containers, run by {builder.Configuration["ASPIRE_CONTAINER_RUNTIME"]}."
                    + " Processes instead: -- --Backends:Run=process");
                return new FlaskServers((name, port) => Container(builder, name, port, image));
            }
            if (options.Run == BackendRun.Container)
                return Refuse($"Backends:Run is container, but {reason}. Without containers: -- --Backends:Run=process");
        }

        var (python, advice) = await Python.FindAsync(directory, Environment.GetEnvironmentVariable("PYTHON"));
        if (python is null)
            return Refuse(reason.Length > 0 ? $"{reason}. {advice}" : advice);
        Console.WriteLine($"Flask servers: {options.BackendPorts.Count} processes of {python.Path}"
            + (reason.Length > 0 ? $", because {reason}" : "") + ". Containers instead: -- --Backends:Run=container");
        if (python.HasFlask)
            return new FlaskServers((name, port) => Process(builder, name, port, python.Path, directory));

        Console.WriteLine($"{python.Path} has no Flask: it is installed into {Path.Combine(directory, ".venv")} first.");
        var installed = FlaskEnvironment.Add(builder, python.Path, directory);
        return new FlaskServers((name, port) =>
            Process(builder, name, port, Python.InEnvironment(directory), directory).WaitForCompletion(installed));
    }

    private static async Task<(string? Tag, string Reason)> PrepareImageAsync(
        IDistributedApplicationBuilder builder, string directory, AppHostOptions options)
    {
        var (engine, reason) = await ContainerEngine.FindAsync(options);
        if (engine is null)
            return (null, reason);
        var image = await BackendImage.EnsureAsync(engine, directory, options);
        if (image.Tag is not null)
            await engine.UseAsync(builder.Configuration);
        return image;
    }

    private static FlaskServers? Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        Environment.ExitCode = ExitCodes.Unusable;
        return null;
    }

    private static IResourceBuilder<ExecutableResource> Process(
        IDistributedApplicationBuilder builder, string name, int port, string python, string directory) =>
        FlaskProcess.Add(builder, name, python, directory)
            .WithArgs(name)
            .WithHttpEndpoint(port: port, env: "PORT", isProxied: false)
            .WithEnvironment("HOST", "127.0.0.1") // Some shells export HOST as the machine's name.
            .WithTelemetryAndHealth();

    private static IResourceBuilder<ContainerResource> Container(IDistributedApplicationBuilder builder, string name, int port, string tag) =>
        builder.AddContainer(name, BackendImage.Name, tag)
            .WithImagePullPolicy(ImagePullPolicy.Never)
            .WithArgs(name)
            .WithHttpEndpoint(port: port, targetPort: ContainerPort, isProxied: false)
            .WithEnvironment("PUBLIC_PORT", port.ToString(CultureInfo.InvariantCulture)) // The greeting shows the port that clients use.
            .WithTelemetryAndHealth();

    private static IResourceBuilder<ContainerResource> Published(
        IDistributedApplicationBuilder builder, string name, string directory, AppHostOptions options)
    {
        var container = builder.AddDockerfile(name, directory)
            .WithArgs(name)
            .WithHttpEndpoint(targetPort: ContainerPort)
            .WithTelemetryAndHealth();
        foreach (var (argument, value) in options.BuildArguments)
            container.WithBuildArg(argument, value);
        return container;
    }
}

internal static class FlaskServerExtensions
{
    public static IResourceBuilder<T> WithTelemetryAndHealth<T>(this IResourceBuilder<T> server)
        where T : IResourceWithEndpoints, IResourceWithEnvironment =>
        server.WithOtlpExporter(OtlpProtocol.HttpProtobuf).WithHttpHealthCheck("/health");
}
