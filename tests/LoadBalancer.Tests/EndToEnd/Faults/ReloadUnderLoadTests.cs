using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>Reloads that add, remove and reweight backends while requests are in flight.</summary>
[Collection(FaultRun.Name)]
public sealed class ReloadUnderLoadTests : IDisposable
{
    private const int Reloads = 200;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-reload-");
    private readonly Random _random = new(42);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_TwoHundredReloads_NoneFails()
    {
        await using var servers = await EchoServers.StartAsync(5, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancelled);
        await using var load = Load.CalmGets(balancer);

        for (var i = 0; i < Reloads; i++)
        {
            await load.MoreAsync(FaultRun.Requests / Reloads, Cancelled);
            using var response = await balancer.Admin.PutAsJsonAsync(
                "/api/config?confirmWithin=00:00:00",
                Configuration([.. servers.Urls]),
                Cancelled);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));
        }

        await load.StopAsync();
        Assert.Empty(load.Failures);
        Assert.True(load.Succeeded >= FaultRun.Requests, $"{load.Succeeded} requests");
    }

    [Fact]
    public async Task Get_FileChangesAgainAndAgain_NoneFails()
    {
        await using var servers = await EchoServers.StartAsync(5, Cancelled);
        Write(Configuration([.. servers.Urls]));
        await using var balancer = await LoadBalancerProcess.StartAsync([], environment: null, Cancelled, _directory.FullName);
        await using var load = Load.Gets(balancer, FaultRun.Requests * 10);

        for (var i = 1; i <= FaultRun.FileReloads; i++)
        {
            Write(Configuration([.. servers.Urls]));
            await Eventually.TrueAsync(() => Applied(balancer) >= i, Cancelled);
        }

        await load.StopAsync();
        Assert.Empty(load.Failures);
        Assert.True(load.Succeeded > 0, "no request was served");
        Assert.Equal(FaultRun.FileReloads, Applied(balancer));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static int Applied(LoadBalancerProcess balancer) =>
        balancer.Process.Output.Split('\n').Count(line => line.Contains("Configuration reloaded", StringComparison.Ordinal));

    // Two to five of the servers in any order and with any weights; the limit on retries shows that none is needed.
    private JsonObject Configuration(string[] urls)
    {
        _random.Shuffle(urls);
        return new()
        {
            ["Backends"] = new JsonArray(
                [.. urls.Take(_random.Next(2, 6)).Select(url => new JsonObject { ["Address"] = url, ["Weight"] = _random.Next(1, 11) })]),
            ["LoadBalancer"] = new JsonObject { ["Retry"] = new JsonObject { ["MaxAttempts"] = 1 } },
        };
    }

    private void Write(JsonObject configuration) =>
        File.WriteAllText(Path.Combine(_directory.FullName, "appsettings.json"), configuration.ToJsonString());
}
