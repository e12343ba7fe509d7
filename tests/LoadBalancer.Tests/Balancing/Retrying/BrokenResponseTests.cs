using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

public class BrokenResponseTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nnope\r\n")] // nothing has been sent to the client yet
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")]
    public async Task ResponseBreaksOff_AfterItsHead_ClientIsAbortedAndGetsNothingMore(string response)
    {
        await using var backend = ScriptedBackend.AnsweringOnce(response);
        await using var proxy = await RetryingProxy.StartAsync(""" "Policy": "RoundRobin" """, backend);

        var received = await proxy.SendAsync();

        Assert.DoesNotContain("502", received);
        Assert.DoesNotContain("\r\n0\r\n\r\n", received);
        await proxy.DisposeAsync(); // a request has written its log once it has ended
        Assert.DoesNotContain(proxy.ServerLog.All, line => line.StartsWith("Error", StringComparison.Ordinal));
    }
}
