namespace AspireLB.AppHost;
internal static class Temporary
{
    public static IResourceBuilder<ProjectResource> AddLoadBalancer(this IDistributedApplicationBuilder builder, string name, int? port, int? adminPort) =>
        builder.AddProject<Projects.LoadBalancer>(name, p => p.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(port: port, name: "http", isProxied: false)
            .WithHttpEndpoint(port: adminPort, name: "console", env: "Admin__Port", isProxied: false)
            .WithEndpointsInEnvironment(e => e.Name != "console")
            .WithHttpHealthCheck("/health", endpointName: "console");
    private static int n;
    public static IResourceBuilder<ProjectResource> WithBackend(this IResourceBuilder<ProjectResource> lb, IResourceBuilder<IResourceWithEndpoints> b) =>
        Cmd(lb, b).WithEnvironment($"Backends__{n++}", b.GetEndpoint("http")).WaitForStart(b);
    private static IResourceBuilder<ProjectResource> Cmd(IResourceBuilder<ProjectResource> lb, IResourceBuilder<IResourceWithEndpoints> b)
    {
        foreach (var v in new[] { "drain", "enable" })
            b.WithHttpCommand($"/api/backends/backends/localhost:{b.GetEndpoint("http").EndpointAnnotation.Port}/{v}", v, endpointSelector: () => lb.GetEndpoint("console"), commandName: v, commandOptions: new HttpCommandOptions { Method = HttpMethod.Post });
        return lb;
    }
    public static IResourceBuilder<ProjectResource> WithSetting(this IResourceBuilder<ProjectResource> lb, string k, string v) => lb.WithEnvironment(k.Replace(":", "__"), v);
}
