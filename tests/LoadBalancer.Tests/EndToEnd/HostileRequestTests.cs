using System.Net.Sockets;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Ambiguous requests, sent as bytes over a socket: rejected, or forwarded without ambiguity.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class HostileRequestTests(HostileRequestTests.Run run) : IClassFixture<HostileRequestTests.Run>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET /a#b HTTP/1.1|Host: a||", 400)]
    [InlineData("GET /a?b=#c HTTP/1.1|Host: a||", 400)]
    [InlineData("CONNECT a:80 HTTP/1.1|Host: a:80||", 501)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked||0||", 501)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||", 501)]
    public async Task Request_ThatKestrelLetsPass_IsRefusedWithAProblem(string request, int status)
    {
        var answer = await run.SendAsync(request, Cancelled);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        Assert.Empty(run.Backend.Requests);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1|Host: a|Content-Length: 4|Content-Length: 5||abcde", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Content-Length: 4, 4||abcd", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding : chunked||0||", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked||0||", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, identity||0||", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||zz|abc|0||", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||FFFFFFFFFFFFFFFF1|abc|0||", 400)]
    [InlineData("GET / HTTP/1.1|Host: a|X: b| c||", 400)]
    [InlineData("GET / HTTP/1.1|Host: a|X: b\0c||", 400)]
    [InlineData("GET / HTTP/1.1|Host: a|X: b\rY: c||", 400)]
    [InlineData("GET / HTTP/1.1|Host: a|: c||", 400)]
    [InlineData("GET / HTTP/1.1||", 400)]
    [InlineData("GET / HTTP/1.1|Host: a|Host: b||", 400)]
    [InlineData("GET http://b/ HTTP/1.1|Host: a||", 400)]
    [InlineData("GET /a b HTTP/1.1|Host: a||", 400)]
    [InlineData("GET /a%00b HTTP/1.1|Host: a||", 400)]
    [InlineData("GET / HTTP/1.2|Host: a||", 505)]
    [InlineData("GET / HTTP/1.1\nHost: a||", 400)]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", 400)]
    [InlineData("GET / HTTP/1.1|Host: a\nX: b||", 400)]
    [InlineData("GET / HTTP/1.1|Host: a|\n|", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||3\nabc|0||", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||3|abc\n0||", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||3;x=y\nabc|0||", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||3;x\ny|abc|0||", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||3|abc|0\n|", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||3|abc|0|X: y\n|", 400)]
    [InlineData("POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||3|abc|0|X: y|\n|", 400)]
    public async Task Request_AgainstTheSyntax_IsRefusedAndTheConnectionClosed(string request, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", await run.SendAsync(request, Cancelled));
        Assert.Empty(run.Backend.Requests);
    }

    [Theory]
    [InlineData('/', 9_000, 414)]
    [InlineData('h', 40_000, 431)]
    public async Task Request_BeyondTheLimits_IsRefused(char where, int length, int status)
    {
        var much = new string('a', length);
        var answer = await run.SendAsync(where == '/' ? $"GET /{much} HTTP/1.1|Host: a||" : $"GET / HTTP/1.1|Host: a|X: {much}||", Cancelled);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Empty(run.Backend.Requests);
    }

    [Fact]
    public async Task Request_WithLengthAndChunked_IsReadAsChunkedAndTheLengthIsGone()
    {
        var answer = await run.SendAsync(
            "POST / HTTP/1.1|Host: a|Content-Length: 4|Transfer-Encoding: chunked||3|abc|0||GET /smuggled HTTP/1.1|Host: a||",
            Cancelled);

        Assert.StartsWith("HTTP/1.1 200 ", answer);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        var seen = Assert.Single(run.Backend.Requests);
        Assert.Equal(("/", "abc"), (seen.Path, Encoding.ASCII.GetString(seen.Body)));
        Assert.DoesNotContain(seen.Headers, header => header.Key.Contains("Length", StringComparison.OrdinalIgnoreCase));
        run.Backend.Forget();
    }

    public sealed class Run : IAsyncLifetime
    {
        private LoadBalancerProcess? _balancer;

        internal TestBackend Backend { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Backend = await TestBackend.StartAsync("server-1", Cancelled);
            _balancer = await LoadBalancerProcess.StartAsync([Backend.Url], Cancelled, "--LoadBalancer:Health:Active:Path", TestBackend.HealthPath);
        }

        /// <summary>Sends text ('|' stands for a line end) and returns the response until the connection is closed.</summary>
        public async Task<string> SendAsync(string request, CancellationToken cancellationToken)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(_balancer!.Url.Host, _balancer.Url.Port, cancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request.Replace("|", "\r\n", StringComparison.Ordinal)), cancellationToken);
            var received = new MemoryStream();
            try
            {
                await stream.CopyToAsync(received, cancellationToken);
            }
            catch (IOException)
            {
                // Closed with bytes in flight: a reset after the response.
            }

            return Encoding.Latin1.GetString(received.ToArray());
        }

        public async ValueTask DisposeAsync()
        {
            if (_balancer is not null)
                await _balancer.DisposeAsync();
            if (Backend is not null)
                await Backend.DisposeAsync();
        }
    }
}
