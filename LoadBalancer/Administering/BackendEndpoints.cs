using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Administering;

/// <summary><c>/api/backends</c>: lists backends, and drains, enables, disables and reweights them.</summary>
internal static class BackendEndpoints
{
    public static void MapBackends(this WebApplication app)
    {
        var backends = app.MapGroup("/api/backends").DisableHttpMetrics();
        backends.MapGet("", (BackendDirectory directory) => directory.All.Select(BackendView.Of));
        backends.MapGet("/{cluster}/{name}", (string cluster, string name, BackendDirectory directory) =>
            With(directory, cluster, name, BackendView.Of));
        backends.MapPatch("/{cluster}/{name}", Patch);
        backends.MapPost("/{cluster}/{name}/drain", (string cluster, string name, BackendDirectory directory) =>
            With(directory, cluster, name, backend => Set(directory, backend, AdministrativeState.Draining)));
        backends.MapPost("/{cluster}/{name}/enable", (string cluster, string name, BackendDirectory directory) =>
            With(directory, cluster, name, backend => Set(directory, backend, AdministrativeState.Active)));
    }

    private static IResult Patch(string cluster, string name, BackendChange change, BackendDirectory directory)
    {
        if (change.Weight is < 1 or > BackendsShorthand.MaximumWeight)
            return new AdminError(StatusCodes.Status400BadRequest, $"weight: '{change.Weight}' is not allowed; allowed: 1 to {BackendsShorthand.MaximumWeight}");

        return With(directory, cluster, name, backend =>
        {
            if (change.Weight is { } weight)
                directory.SetWeight(backend, weight);
            if (change.State is { } state)
                directory.SetState(backend, state);
            return BackendView.Of(backend);
        });
    }

    private static BackendView Set(BackendDirectory directory, Backend backend, AdministrativeState state)
    {
        directory.SetState(backend, state);
        return BackendView.Of(backend);
    }

    private static IResult With(BackendDirectory directory, string cluster, string name, Func<Backend, BackendView> action) =>
        directory.Find(cluster, name) is { } backend
            ? TypedResults.Ok(action(backend))
            : new AdminError(StatusCodes.Status404NotFound, $"There is no backend '{name}' in a cluster '{cluster}'.");
}
