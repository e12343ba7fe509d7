namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>One balancer in front of three backends, for all tests of the admin API.</summary>
public sealed class AdminApiFixture : IAsyncLifetime
{
    private readonly List<TestBackend> _backends = [];

    public LoadBalancerProcess Balancer { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cancelled = TestContext.Current.CancellationToken;
        foreach (var name in new[] { "server-1", "server-2", "server-3" })
            _backends.Add(await TestBackend.StartAsync(name, cancelled));
        Balancer = await LoadBalancerProcess.StartAsync(
            BackendArguments.Of(_backends.Select(backend => (backend.Name, backend.Url))),
            environment: null,
            cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        foreach (var backend in _backends)
            await backend.DisposeAsync();
    }
}
