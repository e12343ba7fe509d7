namespace AspireLB.AppHost;

/// <summary>Buttons in the dashboard that call the balancer's admin API.</summary>
internal static class DashboardCommands
{
    /// <summary>Adds "Drain" and "Enable" for one backend to the balancer's row.</summary>
    public static IResourceBuilder<ProjectResource> WithBackendCommands(this IResourceBuilder<ProjectResource> loadBalancer, string backend) =>
        loadBalancer
            .WithHttpCommand($"/api/backends/backends/{backend}/drain", $"Drain {backend}", endpointName: "admin", commandName: $"drain-{backend}",
                commandOptions: new HttpCommandOptions
                {
                    Method = HttpMethod.Post,
                    Description = "Requests under way finish; new ones go to the others.",
                    ConfirmationMessage = $"Send no further requests to {backend}?",
                    IconName = "PlugDisconnected",
                })
            .WithHttpCommand($"/api/backends/backends/{backend}/enable", $"Enable {backend}", endpointName: "admin", commandName: $"enable-{backend}",
                commandOptions: new HttpCommandOptions
                {
                    Method = HttpMethod.Post,
                    Description = "Gives the backend its share of the requests again.",
                    IconName = "PlugConnected",
                });
}
