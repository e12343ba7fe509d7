namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>A balancer whose backends are in every state that the console shows: draining, disabled, healthy and unhealthy.</summary>
public sealed class EveryStateRun : IAsyncLifetime
{
    private EchoServers _servers = null!;

    internal LoadBalancerProcess Balancer { get; private set; } = null!;

    internal string Name(int index) => new Uri(_servers.Urls.ElementAt(index)).Authority;

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        _servers = await EchoServers.StartAsync(4, cancel);
        Balancer = await LoadBalancerProcess.StartAsync([.. _servers.Urls, "http://127.0.0.1:1"], cancel);
        using var drained = await Balancer.Admin.PostAsync($"/api/backends/backends/{Name(0)}/drain", null, cancel);
        using var disabled = await Balancer.Admin.PatchAsync(
            $"/api/backends/backends/{Name(1)}",
            new StringContent("""{"state":"disabled"}""", null, "application/json"),
            cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        await _servers.DisposeAsync();
    }
}
