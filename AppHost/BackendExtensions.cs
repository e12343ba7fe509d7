using System.Globalization;

namespace AspireLB.AppHost;

/// <summary>How a Flask server is run, and how the balancer comes to know it.</summary>
internal static class BackendExtensions
{
    private const string Directory = "../backends";
    private const int ContainerPort = 8000;

    /// <summary>Adds one Flask server, reachable at <paramref name="port"/>: a container of backends/Dockerfile, or a Python process.</summary>
    public static IResourceBuilder<IResourceWithEndpoints> AddFlaskBackend(this IDistributedApplicationBuilder builder, string name, int port, AppHostOptions options) =>
        options.Run == BackendRun.Container ? builder.AddFlaskContainer(name, port, options) : builder.AddFlaskProcess(name, port);

    /// <summary>
    /// Makes <paramref name="backend"/> the balancer's backend number <paramref name="index"/>, found by its name through service
    /// discovery; the balancer starts when the backend is healthy.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithBackend(
        this IResourceBuilder<ProjectResource> loadBalancer, int index, IResourceBuilder<IResourceWithEndpoints> backend)
    {
        var name = backend.Resource.Name;
        return loadBalancer
            .WithEnvironment($"Backends__{index}", "http://" + name)
            .WithReference(backend.GetEndpoint("http"))
            .WaitFor(backend)
            .WithBackendCommands(name);
    }

    /// <summary>Hands settings over as environment variables.</summary>
    public static IResourceBuilder<T> WithSettings<T>(this IResourceBuilder<T> resource, IReadOnlyDictionary<string, string> settings) where T : IResourceWithEnvironment
    {
        foreach (var (name, value) in settings)
            resource.WithEnvironment(name, value);
        return resource;
    }

    private static IResourceBuilder<ContainerResource> AddFlaskContainer(this IDistributedApplicationBuilder builder, string name, int port, AppHostOptions options)
    {
        var container = builder.AddDockerfile(name, Directory)
            .WithHttpEndpoint(port: port, targetPort: ContainerPort, env: "PORT")
            .WithPublicPort(port)
            .WithArgs(name)
            .WithOtlpExporter(OtlpProtocol.HttpProtobuf)
            .WithHttpHealthCheck("/health")
            .WithPublishedTelemetry();

        foreach (var (argument, value) in options.BuildArguments)
            container.WithBuildArg(argument, value);
        return container;
    }

    private static IResourceBuilder<PythonAppResource> AddFlaskProcess(this IDistributedApplicationBuilder builder, string name, int port) =>
        builder.AddPythonApp(name, Directory, "server.py")
            .WithOneVirtualEnvironment()
            .WithHttpEndpoint(port: port, env: "PORT")
            .WithEnvironment("HOST", "127.0.0.1") // Some shells export HOST, with the machine's name in it.
            .WithPublicPort(port)
            .WithArgs(name)
            .WithOtlpExporter(OtlpProtocol.HttpProtobuf)
            .WithHttpHealthCheck("/health");

    /// <summary>The port that people reach the server at, which its greeting names; inside a container or behind Aspire's proxy it listens on another.</summary>
    private static IResourceBuilder<T> WithPublicPort<T>(this IResourceBuilder<T> backend, int port) where T : IResourceWithEnvironment =>
        backend.WithEnvironment("PUBLIC_PORT", port.ToString(CultureInfo.InvariantCulture));
}
