using System.Net;
using System.Net.Sockets;
using System.Text;
using AspireLB.LoadBalancer.Accepting;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.FrameworkAssumptions;

/// <summary>What the balancer takes for granted of Kestrel, shown on Kestrel's own sockets with nothing of ours between.</summary>
public sealed class KestrelTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Parking takes a null target for "between two requests", and keeps one feature for all requests of a connection.</summary>
    [Fact]
    public async Task RequestFeature_BetweenTwoRequests_IsTheSameAndHasNoTarget()
    {
        var features = new List<IHttpRequestFeature>();
        var targets = new List<string?>();
        await using var server = await StartAsync(Encoding.Latin1, context =>
        {
            features.Add(context.Features.GetRequiredFeature<IHttpRequestFeature>());
            targets.Add(features[^1].RawTarget);
            return context.Response.WriteAsync("answered", Cancelled);
        });
        using var client = await ConnectAsync(server);

        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadUntilAsync("answered");
        await Eventually.TrueAsync(() => features[0].RawTarget is null, Cancelled);
        await client.SendAsync("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadUntilAsync("answered");

        Assert.Equal(["/1", "/2"], targets);
        Assert.Same(features[0], features[1]);
    }

    /// <summary>Why <see cref="ConnectionFieldEncoding"/> exists: once the first case fails, Kestrel keeps the names and the class can go.</summary>
    [Theory]
    [InlineData("Connection: close, X-Secret\r\n", false, false)]
    [InlineData("Connection: close\r\nConnection: X-Secret\r\n", false, false)]
    [InlineData("Connection: close, X-Secret\r\n", true, true)]
    [InlineData("Connection: close\r\nConnection: X-Secret\r\n", true, true)]
    public async Task ConnectionField_OneKnownWordAndAName_HasTheNameOnlyByOurEncoding(string field, bool isOurs, bool isKept)
    {
        var read = new TaskCompletionSource<string>();
        await using var server = await StartAsync(isOurs ? ConnectionFieldEncoding.For("Connection") : Encoding.Latin1, context =>
        {
            read.SetResult(context.Request.Headers.Connection.ToString());
            return Task.CompletedTask;
        });

        await SendAsync(server, $"GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n");

        var value = await read.Task;
        Assert.Contains("close", value, StringComparison.Ordinal);
        Assert.Equal(isKept, value.Contains("X-Secret", StringComparison.Ordinal));
    }

    /// <summary>Request hygiene takes this field out again, or it would reach the backend.</summary>
    [Fact]
    public async Task Request_WithLengthAndChunked_HasTheLengthUnderAnotherName()
    {
        var read = new TaskCompletionSource<(string Other, long? Length)>();
        await using var server = await StartAsync(Encoding.Latin1, context =>
        {
            read.SetResult((context.Request.Headers["X-Content-Length"].ToString(), context.Request.ContentLength));
            return Task.CompletedTask;
        });

        await SendAsync(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

        Assert.Equal(("7", null), await read.Task);
    }

    /// <summary>Request hygiene refuses a fragment, and the admin API decodes the slash in a backend's name, since Kestrel does neither.</summary>
    [Theory]
    [InlineData("/a#b", "/a#b", "/a#b")]
    [InlineData("/a%2Fb%20c", "/a%2Fb c", "/a%2Fb%20c")]
    public async Task Target_FragmentOrEncodedSlash_IsLeftAsItIs(string target, string path, string rawTarget)
    {
        var read = new TaskCompletionSource<(string?, string)>();
        await using var server = await StartAsync(Encoding.Latin1, context =>
        {
            read.SetResult((context.Request.Path.Value, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget));
            return Task.CompletedTask;
        });

        await SendAsync(server, $"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Equal((path, rawTarget), await read.Task);
    }

    private static async Task<WebApplication> StartAsync(Encoding connectionField, RequestDelegate handler)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.RequestHeaderEncodingSelector = name => name == "Connection" ? connectionField : Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var server = builder.Build();
        server.Run(handler);
        await server.StartAsync(Cancelled);
        return server;
    }

    private static async Task<RawClient> ConnectAsync(WebApplication server)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, new Uri(server.Urls.First()).Port, Cancelled);
        return new(client);
    }

    private static async Task SendAsync(WebApplication server, string request)
    {
        using var client = await ConnectAsync(server);
        await client.SendAsync(request);
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
    }
}
