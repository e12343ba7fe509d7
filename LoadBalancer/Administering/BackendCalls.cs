using AspireLB.LoadBalancer.Administering.RunTime;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Carries out the calls that change backends, for one request: its author, its <c>If-Match</c> and the resulting <c>ETag</c>.</summary>
internal sealed class BackendCalls(IHttpContextAccessor accessor, RunTimeConfiguration runTime, BackendDirectory directory, BackendEdits edits)
{
    private readonly HttpContext _context = accessor.HttpContext!;

    public async Task<BackendView> ChangeAsync(string cluster, string name, BackendChange change)
    {
        await RunAsync($"change {cluster}/{name}", state => edits.Change(state, cluster, name, change));
        return BackendView.From(directory.Require(cluster, name));
    }

    public async Task<BackendView[]> ChangeManyAsync(BackendsChange change)
    {
        await RunAsync("change many backends", state => edits.ChangeMany(state, change));
        return [.. directory.All.Select(BackendView.From)];
    }

    public async Task<IResult> AddAsync(string cluster, BackendAddition addition)
    {
        var name = BackendEdits.NameOf(addition);
        await RunAsync($"add {cluster}/{name}", state => edits.Add(state, cluster, name, addition));
        var location = $"/api/backends/{Uri.EscapeDataString(cluster)}/{Uri.EscapeDataString(name)}";
        return Results.Created(location, BackendView.From(directory.Require(cluster, name)));
    }

    public async Task<IResult> RemoveAsync(string cluster, string name)
    {
        await RunAsync($"remove {cluster}/{name}", state => edits.Remove(state, cluster, name));
        return Results.NoContent();
    }

    private async Task RunAsync(string what, Func<RunTimeState, RunTimeState> edit)
    {
        await runTime.ChangeAsync(Author.From(_context), what, _context.Request.Headers.IfMatch, edit);
        _context.Response.Headers.ETag = runTime.ETag;
    }
}
