using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using AspireLB.AppHost.Options;
using AspireLB.AppHost.Tests.EndToEnd;

[assembly: AssemblyFixture(typeof(RunningApplication))]

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>
/// Runs the application with Aspire's testing package, with five servers as processes. Tests share it, so each test undoes its changes.
/// </summary>
public sealed class RunningApplication : IAsyncLifetime
{
    public static readonly string[] Servers = ["server-1", "server-2", "server-3", "server-4", "server-5"];

    private DistributedApplication? _application;

    public DistributedApplication Application => _application!;

    public int[] Ports { get; } = FreePorts.Take(7);

    /// <summary>The balancer's responses to the first ten requests.</summary>
    public List<string> FirstAnswers { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync(typeof(AppHostOptions),
        [
            "--Backends:Run=process", $"--LoadBalancer:Port={Ports[0]}", $"--LoadBalancer:AdminPort={Ports[1]}",
            $"--Backends:Ports={string.Join(',', Ports[2..])}",
        ]);
        _application = await builder.BuildAsync();
        await _application.StartAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        foreach (var name in Servers.Append("loadbalancer"))
            await _application.ResourceNotifications.WaitForResourceHealthyAsync(name, patience.Token);

        using var client = _application.CreateHttpClient("loadbalancer", "http");
        while (FirstAnswers.Count < 10)
            FirstAnswers.Add(await client.GetStringAsync("/", patience.Token));
    }

    /// <summary>Waits until the balancer shows a server in this state.</summary>
    public async Task WaitForStateAsync(string server, string state)
    {
        var port = Ports[2 + Array.IndexOf(Servers, server)];
        using var console = Application.CreateHttpClient("loadbalancer", "management");
        while (true)
        {
            var backends = await console.GetFromJsonAsync<Backend[]>("/api/backends", TestContext.Current.CancellationToken);
            if (backends!.Single(backend => backend.Name == server || backend.Address.EndsWith($":{port}", StringComparison.Ordinal)).State == state)
                return;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
            await _application.DisposeAsync();
    }

    private sealed record Backend(string Name, string Address, string State);
}
