namespace AspireLB.AppHost;

/// <summary>The balancer as a resource, and what the dashboard can do with its backends.</summary>
internal static class BalancerExtensions
{
    /// <summary>The balancer's data port is the endpoint "http", its console "console". Aspire puts no proxy of its own before either.</summary>
    public static IResourceBuilder<ProjectResource> AddLoadBalancer(
        this IDistributedApplicationBuilder builder, string name, int? port = null, int? adminPort = null) =>
        builder.AddProject<Projects.LoadBalancer>(name, project => project.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(port: port, name: "http", isProxied: false)
            .WithHttpEndpoint(port: adminPort, name: "console", env: "Admin__Port", isProxied: false)
            .WithEndpointsInEnvironment(endpoint => endpoint.Name != "console") // else the data listener takes the console's port as well
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
            .DisableForwardedHeaders() // else ASP.NET Core believes what any client says of its address
            .WithHttpHealthCheck("/health", endpointName: "console")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Balancer")
            .WithUrlForEndpoint("console", url => url.DisplayText = "Console")
            .WithoutHttpsCertificate(); // else the dashboard warns of a missing certificate on every page

    /// <summary>Found by its name through service discovery. The balancer does not wait for its health: it knows by itself who is healthy.</summary>
    public static IResourceBuilder<ProjectResource> WithBackend(
        this IResourceBuilder<ProjectResource> loadBalancer, IResourceBuilder<IResourceWithEndpoints> backend)
    {
        var name = backend.Resource.Name;
        var index = loadBalancer.Resource.Annotations.OfType<BackendAnnotation>().Count();
        backend.WithCommand(loadBalancer, "drain", "Drain", "PlugDisconnected", "Requests under way finish; new ones go to the others.");
        backend.WithCommand(loadBalancer, "enable", "Enable", "PlugConnected", "Gives the backend its share of the requests again.");
        return loadBalancer
            .WithAnnotation(new BackendAnnotation())
            .WithEnvironment($"Backends__{index}", "http://" + name)
            .WithReference(backend.GetEndpoint("http"))
            .WaitForStart(backend);
    }

    /// <summary>A setting of the balancer, for example LoadBalancer:Policy.</summary>
    public static IResourceBuilder<ProjectResource> WithSetting(this IResourceBuilder<ProjectResource> loadBalancer, string key, string value) =>
        loadBalancer.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);

    /// <summary>A button on the backend's row in the dashboard that calls the balancer's admin API.</summary>
    private static void WithCommand(
        this IResourceBuilder<IResourceWithEndpoints> backend, IResourceBuilder<ProjectResource> loadBalancer,
        string verb, string text, string icon, string description) =>
        backend.WithHttpCommand($"/api/backends/backends/{backend.Resource.Name}/{verb}", text, commandName: verb,
            endpointSelector: () => loadBalancer.GetEndpoint("console"),
            commandOptions: new HttpCommandOptions { Method = HttpMethod.Post, Description = description, IconName = icon });

    private sealed class BackendAnnotation : IResourceAnnotation;
}
