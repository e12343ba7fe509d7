using System.Globalization;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>
/// Kills the balancer repeatedly while it changes state. <c>STATE_KILLS</c> sets how often: 125, at three to four changes each, make the
/// five hundred changes of a release check.
/// </summary>
[Collection(AdminCollection.Name)]
public sealed class StateFileKillTests : IDisposable
{
    private const int Seed = 20_263;
    private const int LongestDelay = 5; // milliseconds: about the duration of a change
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("STATE_KILLS") ?? "6", CultureInfo.InvariantCulture);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-kills");
    private int _begun;
    private int _acknowledged;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Balancer_KilledAtAnyMomentOfAChange_ComesBackWithTheLastStateOrTheOneBefore()
    {
#pragma warning disable RS0030 // A fixed seed makes the run repeatable.
        var random = new Random(Seed);
#pragma warning restore RS0030
        await using var servers = await EchoServers.StartAsync(2, Cancel);
        var balancer = await StartAsync(servers);
        var (made, survived, lost) = (0, 0, 0);
        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                for (var whole = random.Next(1, 6); whole > 0; whole--, made++)
                    await ChangeAsync(balancer);
                var last = ChangeAsync(balancer);
                made++;
                await Task.Delay(random.Next(LongestDelay + 1), Cancel);
                balancer.Process.Signal("KILL");
                await balancer.Process.ExitCodeAsync(Cancel);
                await last.ContinueWith(_ => { }, TaskScheduler.Default);
                await balancer.DisposeAsync();

                balancer = await StartAsync(servers);
                var backends = (await balancer.CallAsync("GET", "/api/backends")).Body!.AsArray();
                var found = Assert.Single(backends.Select(backend => (int)backend!["weight"]!).Distinct());
                Assert.Contains(found, new[] { Weight(_acknowledged), Weight(_begun) });
                if (_begun > _acknowledged)
                    _ = found == Weight(_begun) ? survived++ : lost++;
                _acknowledged = _begun;
            }
        }
        finally
        {
            await balancer.DisposeAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{made} changes, {Kills} kills, {survived + lost} of them before the answer: {survived} times the change was there, {lost} times not");
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static int Weight(int change) => 1 + (change % 1000);

    private async Task ChangeAsync(LoadBalancerProcess balancer)
    {
        var change = ++_begun;
        await balancer.CallAsync("PATCH", "/api/backends", new { select = new[] { new { cluster = "*", name = "*" } }, weight = Weight(change) });
        _acknowledged = change;
    }

    private Task<LoadBalancerProcess> StartAsync(EchoServers servers) =>
        LoadBalancerProcess.StartAsync(servers.Urls, Cancel, "--Admin:StateFile", Path.Combine(_directory.FullName, "state.json"));
}
