namespace AspireLB.AppHost;

/// <summary>What only real Aspire has. Here the same calls change nothing: the balancer's console does what the dashboard's commands do.</summary>
internal static class DashboardOnly
{
    /// <summary>Dashboard commands that drain and enable a backend; see the console on the admin port for the same here.</summary>
    public static IResourceBuilder<ProjectResource> WithBackendCommands(this IResourceBuilder<ProjectResource> loadBalancer, string backend) => loadBalancer;

    /// <summary>Docker Compose publishing is Aspire's; deploy/ has a compose file for those who do without.</summary>
    public static void AddPublishing(this IDistributedApplicationBuilder builder)
    {
    }

    /// <summary>Compose publishing again.</summary>
    public static IResourceBuilder<ContainerResource> WithPublishedTelemetry(this IResourceBuilder<ContainerResource> backend) => backend;

    /// <summary>The embedded host looks for one Python for all apps before it starts the first; under Aspire each app would make the environment itself.</summary>
    public static IResourceBuilder<PythonAppResource> WithOneVirtualEnvironment(this IResourceBuilder<PythonAppResource> backend) => backend;
}
