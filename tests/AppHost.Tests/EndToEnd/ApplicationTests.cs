using Aspire.Hosting.Testing;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>What Aspire and the balancer say of the running application.</summary>
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
        Assert.True((await running.Application.ResourceCommands.ExecuteCommandAsync("server-2", "drain", TestContext.Current.CancellationToken)).Success);
        await running.WaitForStateAsync("server-2", "draining");

        Assert.True((await running.Application.ResourceCommands.ExecuteCommandAsync("server-2", "enable", TestContext.Current.CancellationToken)).Success);
        await running.WaitForStateAsync("server-2", "healthy");
    }

    [Fact(Timeout = Limit)]
    public async Task ServerKilled_IsStartedAgainAndGetsItsShareAgain()
    {
        var server = ProcessTable.Descendants(Environment.ProcessId).Single(id => ProcessTable.CommandLine(id).Contains("server.py server-3", StringComparison.Ordinal));

        ProcessTable.Signal(server, SigKill);

        await running.WaitForStateAsync("server-3", "unhealthy");
        await running.WaitForStateAsync("server-3", "healthy");
        using var client = running.Application.CreateHttpClient("loadbalancer", "http");
        while (!(await client.GetStringAsync("/", TestContext.Current.CancellationToken)).Contains("server-3", StringComparison.Ordinal))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }
}
