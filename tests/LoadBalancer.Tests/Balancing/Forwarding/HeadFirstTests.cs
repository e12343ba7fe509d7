using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>
/// The client gets at once a response head that arrives long before the body's first byte, as with event streams and gRPC calls with initial
/// metadata. The backends here send the body only when the client has the head, so a proxy that holds it back makes the test time out.
/// </summary>
public sealed class HeadFirstTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n", "1.1", false)]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n", "2.0", false)]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n", "1.1", true)]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n", "2.0", true)]
    [InlineData("Content-Length: 5", "hello", "1.1", false)]
    [InlineData("Content-Length: 5", "hello", "2.0", false)]
    [InlineData("Content-Length: 5", "hello", "1.1", true)]
    [InlineData("Content-Length: 5", "hello", "2.0", true)]
    [InlineData("Connection: close", "hello", "1.1", false)]
    [InlineData("Connection: close", "hello", "1.1", true)]
    public async Task EventStream_HeadBeforeTheBody_IsForwardedAtOnce(string framing, string body, string version, bool usesYarp)
    {
        var hasHead = new TaskCompletionSource();
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{framing}\r\n\r\n");
            await hasHead.Task.WaitAsync(Patience, Cancelled);
            await connection.SendAsync(body);
        });
        await using var proxy = await ForwardingProxy.StartAsync(backend.Url, new()
        {
            Listen = listen => listen.Protocols = version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1,
            Client = usesYarp ? new HttpClientConfig { RequestHeaderEncoding = "latin1" } : null,
        });
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{proxy.Port}/")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled).WaitAsync(Patience, Cancelled);
        hasHead.SetResult();

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task GrpcCall_MetadataBeforeTheFirstMessage_IsForwardedAtOnce()
    {
        var hasHead = new TaskCompletionSource();
        await using var backend = await GrpcBackend.StartAsync(async context =>
        {
            context.Response.Headers["x-metadata"] = "first";
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await hasHead.Task.WaitAsync(Patience, context.RequestAborted);
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 0 }, context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using var proxy = await StartGrpcProxyAsync(backend);
        using var call = new GrpcCall(proxy.Port);

        using var response = await call.StartAsync(Cancelled).WaitAsync(Patience, Cancelled);
        hasHead.SetResult();

        Assert.Equal("first", response.Headers.GetValues("x-metadata").Single());
        Assert.Equal(5, (await response.Content.ReadAsByteArrayAsync(Cancelled)).Length);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    /// <summary>A head that ends the backend's stream must end the client's too: gRPC clients recognise a status in the head alone by that.</summary>
    [Fact]
    public async Task GrpcCall_StatusInTheHeadAlone_EndsTheStreamWithTheHead()
    {
        await using var backend = await GrpcBackend.StartAsync(context =>
        {
            context.Response.Headers["grpc-status"] = "13";
            return Task.CompletedTask;
        });
        await using var proxy = await StartGrpcProxyAsync(backend);
        using var client = await FrameClient.ConnectAsync(proxy.Port);

        await client.PostAsync("/service/Method", endsStream: true);

        Assert.Equal((FrameClient.Headers, true), await client.ReadFrameAsync().WaitAsync(Patience, Cancelled));
    }

    private static Task<ForwardingProxy> StartGrpcProxyAsync(GrpcBackend backend) =>
        ForwardingProxy.StartAsync(backend.Url, new()
        {
            Listen = listen => listen.Protocols = HttpProtocols.Http2,
            Request = new ForwarderRequestConfig { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        });
}
