using Aspire.Hosting.Testing;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Tests what Aspire and the balancer report about the running application.</summary>
public class ApplicationTests(RunningApplication running)
{
    private const int SigKill = 9;
    private const int Limit = 60_000;

    [Fact]
    public void FirstTenRequests_EachServerTwiceInOrder()
    {
        var greetings = RunningApplication.Servers.Zip(running.Ports[2..], (name, port) => $"Hello from {name} running on port {port}!").ToList();

        Assert.Equal([.. greetings, .. greetings], running.FirstAnswers);
    }

    [Fact(Timeout = Limit)]
    public async Task DrainCommandOnTheServersRow_BalancerDrainsIt_EnableTakesItBack()
    {
        await ExecuteAsync("server-2", "drain");
        await running.WaitForStateAsync("server-2", "draining");

        await ExecuteAsync("server-2", "enable");
        await running.WaitForStateAsync("server-2", "healthy");
    }

    [Fact(Timeout = Limit)]
    public async Task ServerKilled_IsStartedAgainAndGetsItsShareAgain()
    {
        var killed = Assert.Single(Processes("server-3"));

        ProcessTable.Signal(killed, SigKill);

        while (Processes("server-3").Where(id => id != killed).Take(1).ToList() is [])
            await Task.Delay(50, TestContext.Current.CancellationToken);
        using var client = running.Application.CreateHttpClient("loadbalancer", "http");
        while (!(await client.GetStringAsync("/", TestContext.Current.CancellationToken)).Contains("server-3", StringComparison.Ordinal))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<int> Processes(string server) => ProcessTable.Descendants(Environment.ProcessId)
        .Where(id => ProcessTable.IsRunning(id) && ProcessTable.CommandLine(id).Contains($"server.py {server}", StringComparison.Ordinal));

    private async Task ExecuteAsync(string resource, string command)
    {
        var result = await running.Application.ResourceCommands.ExecuteCommandAsync(resource, command, TestContext.Current.CancellationToken);
        Assert.True(result.Success, result.Message);
    }
}
