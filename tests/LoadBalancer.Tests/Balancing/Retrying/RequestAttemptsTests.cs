using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

public class RequestAttemptsTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    [Theory]
    [InlineData("GET", "HTTP/1.1 200 ")]
    [InlineData("POST", "HTTP/1.1 503 ")]
    public async Task Candidates_OneResponded503AndTheOtherIsDown_TheOneThatRespondedIsTriedAgain(string method, string expected)
    {
        var asked = 0;
        await using var flaky = new ScriptedBackend(async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
                await connection.SendAsync(Interlocked.Increment(ref asked) == 1 ? Unavailable : Ok);
        });
        var down = ScriptedBackend.Answering(Ok);
        await using var proxy = await RetryingProxy.StartAsync("""  "Retry": { "MaxAttempts": 3 } """, flaky, down);
        await down.DisposeAsync();

        Assert.StartsWith(expected, await proxy.SendAsync(method, method == "POST" ? "Content-Length: 0\r\n" : ""));
        Assert.Equal(method == "GET" ? 2 : 1, asked);
    }

    [Fact]
    public async Task Candidates_AllAreDown_NoneIsTriedTwice()
    {
        var one = ScriptedBackend.Answering(Ok);
        var two = ScriptedBackend.Answering(Ok);
        await using var proxy = await RetryingProxy.StartAsync("""  "Retry": { "MaxAttempts": 5 } """, one, two);
        await one.DisposeAsync();
        await two.DisposeAsync();

        Assert.StartsWith("HTTP/1.1 503 ", await proxy.SendAsync());
        Assert.All(proxy.Backends, backend => Assert.Equal(1, backend.Attempts.Begun));
    }
}
