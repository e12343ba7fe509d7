namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>A balancer in front of server-1 and server-2; a third server runs but is not configured.</summary>
public sealed class AdminRun : IAsyncLifetime
{
    internal EchoServers Servers { get; private set; } = null!;

    internal LoadBalancerProcess Balancer { get; private set; } = null!;

    internal static async Task<AdminRun> StartAsync()
    {
        var run = new AdminRun();
        await run.InitializeAsync();
        return run;
    }

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        Servers = await EchoServers.StartAsync(3, cancel);
        var backends = Servers.Urls.Take(2).Select(
            (url, i) => new[] { $"--Backends:{i}:Name", $"server-{i + 1}", $"--Backends:{i}:Address", url }).SelectMany(pair => pair);
        Balancer = await LoadBalancerProcess.StartAsync(backends, environment: null, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        await Servers.DisposeAsync();
    }
}
