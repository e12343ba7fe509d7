using System.Net.Http.Json;
using AspireLB.AppHost.Tests.EndToEnd;

namespace AspireLB.AppHost.Tests.Dashboard;

/// <summary>
/// A real AppHost with three servers as processes, and Aspire's dashboard in a browser. All tests of the collection share it, so each test
/// undoes its changes.
/// </summary>
public sealed class DashboardRun : IAsyncLifetime
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private AppHostProcess? _host;
    private DashboardBrowser? _browser;
    private DashboardPage? _page;

    /// <summary>The servers, in the order in which the balancer picks them.</summary>
    internal static readonly string[] Servers = ["server-1", "server-2", "server-3"];

    /// <summary>The browser tab, signed in. The test is skipped if there is no browser.</summary>
    internal DashboardPage Page
    {
        get
        {
            Assert.SkipUnless(DashboardBrowser.IsInstalled, DashboardBrowser.Missing);
            return _page!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!DashboardBrowser.IsInstalled)
            return;

        // As with `dotnet run`: in development Aspire makes resources export metrics, spans and logs every second.
        var development = new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = "Development" };
        _host = AppHostProcess.Start(Servers.Length, ["--Backends:Run=process"], development);
        _browser = await DashboardBrowser.StartAsync();
        await _host.UntilUpAsync();
        _page = await _browser.SignInAsync(new(_host.Row("dashboard")), Path.Combine(Path.GetTempPath(), "aspirelb-dashboard"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>Sends a request to the balancer, in a new trace.</summary>
    /// <returns>The trace's id.</returns>
    internal async Task<string> AskAsync()
    {
        var trace = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(HttpMethod.Get, _host!.Row("balancer"));
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return trace;
    }

    /// <summary>Makes a server respond with 503 and sends requests until one reaches it.</summary>
    /// <returns>The id of that request's trace.</returns>
    internal async Task<string> AskWhileFaultyAsync(string server)
    {
        var fault = new Uri(new(_host!.Row(server)), "/fault");
        (await _client.PostAsJsonAsync(fault, new { errorRate = 1.0, errorStatus = 503 }, TestContext.Current.CancellationToken))
            .EnsureSuccessStatusCode();
        try
        {
            var before = (await BackendAsync(server)).Failures;
            while (true)
            {
                var trace = await AskAsync();
                if ((await BackendAsync(server)).Failures > before)
                    return trace;
            }
        }
        finally
        {
            await _client.DeleteAsync(fault, CancellationToken.None);
        }
    }

    /// <summary>Reads a server's entry from the balancer's admin API.</summary>
    internal async Task<Backend> BackendAsync(string server)
    {
        var backends = new Uri(new(_host!.Row("console")), "/api/backends");
        return (await _client.GetFromJsonAsync<Backend[]>(backends, TestContext.Current.CancellationToken))!
            .Single(backend => backend.Name == server);
    }

    /// <summary>Waits until the balancer shows a server in this state.</summary>
    internal async Task WaitForStateAsync(string server, string state)
    {
        while ((await BackendAsync(server)).State != state)
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    internal sealed record Backend(string Name, string State, int Weight, int Failures);
}

/// <summary>The test classes that share one <see cref="DashboardRun"/>.</summary>
[CollectionDefinition(Name)]
public sealed class DashboardCollection : ICollectionFixture<DashboardRun>
{
    public const string Name = "Dashboard";
}
