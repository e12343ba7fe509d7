namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

[Collection(FaultRun.Name)]
public class TerminationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sigterm_UnderLoadWithASecondBalancer_NoAcceptedRequestFails()
    {
        await using var one = FaultyServer.Start(Fault.None);
        await using var two = FaultyServer.Start(Fault.None);
        string[] settings = [.. FaultRun.Settings, "--LoadBalancer:Shutdown:Delay", "00:00:01"];
        await using var first = await LoadBalancerProcess.StartAsync([one.Url, two.Url], Cancelled, settings);
        await using var second = await LoadBalancerProcess.StartAsync([one.Url, two.Url], Cancelled, settings);
        await using var clients = new FailoverClients(first.Url.Port, second.Url.Port);
        await clients.ServedAsync(by: 0, FaultRun.Requests / 2, Cancelled);

        first.Process.Signal("TERM");
        Assert.Equal(0, await first.Process.ExitCodeAsync(Cancelled));
        await clients.ServedAsync(by: 1, FaultRun.Requests / 2, Cancelled);
        await clients.StopAsync();

        Assert.Empty(clients.Failures);
    }
}
