using System.Collections.Concurrent;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public class BackendLossTests
{
    private const int Connections = 64;
    private const int Total = 3_000;
    private const int BeforeTheKill = 800;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KillOneUnderLoad_NoRequestFails_OthersShareEvenlyAndItComesBack()
    {
        var servers = await FlaskServer.StartManyAsync(4, Cancelled);
        await using var cleanup = new Disposables(servers);
        await using var balancer = await LoadBalancerProcess.StartAsync(BackendArguments.Of(servers), environment: null, Cancelled);
        var answers = new ConcurrentQueue<string>();
        var (started, killed) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Interlocked.Increment(ref started) <= Total)
            {
                using var response = await balancer.Client.GetAsync("/", Cancelled);
                var body = await response.Content.ReadAsStringAsync(Cancelled);
                answers.Enqueue(response.IsSuccessStatusCode ? body.Split(' ')[2] : $"{(int)response.StatusCode} {body}");
                if (answers.Count >= BeforeTheKill && Interlocked.Exchange(ref killed, 1) == 0)
                    servers[1].Process.Signal("KILL");
            }
        }));

        Assert.Equal(Total, answers.Count);
        Assert.Empty(answers.Except(servers.Select(server => server.Name)));
        SharesAreEven([.. answers.Skip(BeforeTheKill + Connections).Where(name => name != "server-2")], among: 3);

        await balancer.StateChangedAsync("server-2", ["is up", "is down"], Cancelled);
        await using var again = await FlaskServer.StartAsync("server-2", Cancelled, servers[1].Port);
        await balancer.StateChangedAsync("server-2", ["is up", "is down", "is up"], Cancelled);
        var shares = (await Task.WhenAll(
            Enumerable.Range(0, 40).Select(async _ => (await balancer.Client.GetStringAsync("/", Cancelled)).Split(' ')[2]))).CountBy(name => name);
        Assert.Equal(4, shares.Count());
        Assert.All(shares, share => Assert.Equal(10, share.Value));
    }

    private static void SharesAreEven(string[] answers, int among)
    {
        var shares = answers.CountBy(name => name).ToList();
        Assert.Equal(among, shares.Count);
        Assert.All(shares, share => Assert.InRange(share.Value, 0.85 * answers.Length / among, 1.15 * answers.Length / among));
    }
}
