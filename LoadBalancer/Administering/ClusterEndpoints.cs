using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring.Secrets;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>A cluster as the admin API shows it.</summary>
internal sealed record ClusterView(
    string Id,
    string Policy,
    int Backends,
    int Available,
    int InFlight,
    int Waiting,
    double RetryBudgetLeft,
    IEnumerable<string> Routes)
{
    public static ClusterView From(Cluster cluster, BackendDirectory directory)
    {
        var backends = directory.All.Where(backend => backend.ClusterId == cluster.Id).ToList();
        return new(
            cluster.Id,
            cluster.Options.Policy,
            backends.Count,
            cluster.Available.Count,
            backends.Sum(backend => backend.Attempts.InFlight),
            cluster.Slots.Waiting,
            Math.Max(0, cluster.Budget.Remaining(cluster.Options.Retry)),
            directory.Routes.Where(route => route.Cluster?.ClusterId == cluster.Id).Select(route => route.Config.RouteId).Order());
    }
}

/// <summary>A route as the admin API shows it: its match and its cluster.</summary>
internal sealed record RouteView(string Id, string? Cluster, int? Order, RouteMatch Match)
{
    public static RouteView From(RouteConfig route) => new(route.RouteId, route.ClusterId, route.Order, SecretMatch.Masked(route.Match));
}

/// <summary>Maps <c>/api/clusters</c> and <c>/api/routes</c>.</summary>
internal static class ClusterEndpoints
{
    public static void MapClusters(this WebApplication app)
    {
        var api = app.MapGroup("/api").DisableHttpMetrics().WithTags("Clusters and routes");
        api.MapGet("/clusters", Clusters).WithSummary("All clusters.");
        api.MapGet("/clusters/{id}", Cluster).WithSummary("One cluster.");
        api.MapGet("/routes", Routes).WithSummary("All routes, in the order in which they are tried.");
        api.MapGet("/routes/{id}", Route).WithSummary("One route.");
    }

    private static ClusterView[] Clusters(BackendDirectory directory) =>
        [.. directory.Clusters.Select(cluster => ClusterView.From(cluster, directory))];

    private static ClusterView Cluster(string id, BackendDirectory directory)
    {
        var state = directory.RequireCluster(id);
        return ClusterView.From(directory.Clusters.Single(cluster => cluster.State == state), directory);
    }

    private static RouteView[] Routes(BackendDirectory directory) =>
        [.. directory.Routes.Select(route => RouteView.From(route.Config)).OrderBy(route => route.Order ?? 0).ThenBy(route => route.Id)];

    private static RouteView Route(string id, BackendDirectory directory) =>
        directory.Routes.FirstOrDefault(route => route.Config.RouteId.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } route
            ? RouteView.From(route.Config)
            : throw new AdminFailure(StatusCodes.Status404NotFound, $"There is no route '{id}'.");
}
