using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Administering.RunTime;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Maps <c>/api/backends</c>: list, change, drain, enable, add and remove backends.</summary>
internal static class BackendEndpoints
{
    public static void MapBackends(this WebApplication app)
    {
        var backends = app.MapGroup("/api/backends").DisableHttpMetrics().WithTags("Backends");
        backends.MapGet("", List).WithSummary("All backends, grouped by cluster.");
        backends.MapGet("/{cluster}/{name}", Inspect).WithSummary("One backend.");
        backends.MapPatch("", PatchMany).WithSummary("Changes the state or weight of many backends, all or none.");
        backends.MapPatch("/{cluster}/{name}", Patch).WithSummary("Changes the state or weight of a backend.");
        backends.MapPost(
            "/{cluster}/{name}/drain",
            (string cluster, string name, BackendCalls calls) => calls.ChangeAsync(cluster, name, new(AdministrativeState.Draining, default)))
            .WithSummary("Drains a backend: requests in flight finish, and it gets no new ones.");
        backends.MapPost(
            "/{cluster}/{name}/enable",
            (string cluster, string name, BackendCalls calls) => calls.ChangeAsync(cluster, name, new(AdministrativeState.Active, default)))
            .WithSummary("Puts a backend back into service.");
        backends.MapPost("/{cluster}", Add).WithSummary("Adds a backend. It stays until it is removed.");
        backends.MapDelete("/{cluster}/{name}", Remove).WithSummary("Removes a backend; requests in flight finish.");
    }

    private static BackendView[] List(BackendDirectory directory, HttpContext context, RunTimeConfiguration runTime)
    {
        context.Response.Headers.ETag = runTime.ETag;
        return [.. directory.All.Select(BackendView.From)];
    }

    private static BackendView Inspect(string cluster, string name, BackendDirectory directory, HttpContext context, RunTimeConfiguration runTime)
    {
        context.Response.Headers.ETag = runTime.ETag;
        return BackendView.From(directory.Require(cluster, name));
    }

    private static Task<BackendView> Patch(string cluster, string name, BackendChange change, BackendCalls calls) =>
        calls.ChangeAsync(cluster, name, change);

    private static Task<BackendView[]> PatchMany(BackendsChange change, BackendCalls calls) => calls.ChangeManyAsync(change);

    private static Task<IResult> Add(string cluster, BackendAddition addition, BackendCalls calls) => calls.AddAsync(cluster, addition);

    private static Task<IResult> Remove(string cluster, string name, BackendCalls calls) => calls.RemoveAsync(cluster, name);
}
