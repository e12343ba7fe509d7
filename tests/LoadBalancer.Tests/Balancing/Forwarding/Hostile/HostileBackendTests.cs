using System.Globalization;
using System.Text.RegularExpressions;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Hostile;

/// <summary>
/// Backends that send anything but a valid response: the client gets 502 or an aborted connection, and the next request gets its own response.
/// </summary>
public class HostileBackendTests(HostileProxy proxy) : IClassFixture<HostileProxy>
{
    public static TheoryData<string, Expected> Names => [.. HostileResponses.All.Select(entry => (entry.Key, entry.Value.Expected))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Request_AfterAHostileResponse_GetsItsOwnResponse(string name, Expected expected)
    {
        using var client = await proxy.ConnectAsync();
        var before = await AskAsync(client, "before");

        await client.SendAsync($"GET /{Uri.EscapeDataString(name)} HTTP/1.1\r\nHost: f\r\n\r\n");
        var hostile = await ReadAsync(client);
        Assert.True(Fits(hostile, expected), hostile);
        Assert.DoesNotContain("X-Id: POISON", hostile);

        // The hostile response arrived on the connection used before, which is not used again.
        var hostileConnection = before;
        if (hostile.StartsWith("HTTP/1.1 502 ", StringComparison.Ordinal))
            Assert.NotEqual(hostileConnection, await AskAsync(client, "after"));
        using var other = await proxy.ConnectAsync();
        Assert.NotEqual(hostileConnection, await AskAsync(other, "on another connection"));
        Assert.NotEqual(hostileConnection, await AskAsync(other, "and again"));
    }

    [Fact]
    public async Task Request_AfterAnUnsolicitedResponseWhileIdle_GetsItsOwnResponse()
    {
        using var client = await proxy.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            var connection = await AskAsync(client, "before");
            await proxy.SendUnaskedAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Id: POISON\r\n\r\nPOISON");
            Assert.NotEqual(connection, await AskAsync(client, "after"));
        }
    }

    [Fact]
    public async Task Head_ResponseWithABody_DoesNotBecomeTheNextResponse()
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync($"HEAD /{Uri.EscapeDataString("a second response")} HTTP/1.1\r\nHost: f\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        await AskAsync(client, "after");
    }

    [Fact]
    public void HostileResponses_ThatEndInAFailure_AreManyMoreThanForty() =>
        Assert.True(HostileResponses.All.Values.Count(entry => entry.Expected != Expected.Whole) >= 40);

    /// <summary>Sends a request that only the right response matches. Returns the number of the backend's connection that served it.</summary>
    private static async Task<int> AskAsync(RawClient client, string what)
    {
        var id = Guid.NewGuid().ToString("N");
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: f\r\nX-Id: {id}\r\nX-What: {what}\r\n\r\n");
        var response = await client.ReadUntilAsync("END");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", response);
        var match = Regex.Match(response, $"\r\n\r\n{id} ([0-9]+) END$");
        Assert.True(match.Success, response);
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a response whose length is not to be trusted, until it is complete or the connection closes.</summary>
    private static Task<string> ReadAsync(RawClient client) => client.ReadWhileAsync(seen => !Regex.IsMatch(
        seen,
        "^HTTP/1.1 (502|200)[^\r]*\r\n([^\r]+\r\n)*Content-Length: (0\r\n([^\r]+\r\n)*\r\n|2\r\n([^\r]+\r\n)*\r\nok)"
        + "|\r\n0\r\n\r\n$|^HTTP/1.1 (204|205|304) [^\r]*\r\n([^\r]+\r\n)*\r\n"));

    private static bool Fits(string response, Expected expected) => expected switch
    {
        Expected.Refused => response.StartsWith("HTTP/1.1 502 ", StringComparison.Ordinal),
        Expected.BrokenOff => response.Length == 0 || response.StartsWith("HTTP/1.1 502 ", StringComparison.Ordinal)
            || (response.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal)
                && !response.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)),
        _ => response.StartsWith("HTTP/1.1 2", StringComparison.Ordinal) || response.StartsWith("HTTP/1.1 304 ", StringComparison.Ordinal),
    };
}
