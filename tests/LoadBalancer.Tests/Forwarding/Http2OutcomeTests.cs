using System.Net;
using AspireLB.LoadBalancer.Forwarding;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.LoadBalancer.Tests.Forwarding;

/// <summary>The outcome of attempts at HTTP/2 backends that end a stream before the request has been sent completely, as gRPC servers do.</summary>
public sealed class Http2OutcomeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attempt_AnsweredBeforeTheBodyEnds_Completed(bool withTrailers)
    {
        // Kestrel completes the response and then resets the request's stream with NO_ERROR, since the request's body has not ended.
        await using var backend = await StartBackendAsync(async context =>
        {
            if (withTrailers)
                context.Response.AppendTrailer("grpc-status", "5");
            await context.Response.WriteAsync("early");
        });
        await using var proxy = await StartProxyAsync(backend);
        using var client = new HttpClient();
        var body = new HeldContent();
        using var request = Post(proxy, body);

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("early", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        body.Finish();

        var ended = await EndedAsync(proxy);
        Assert.Equal((AttemptProgress.Completed, AttemptFailure.None, 200), (ended.Progress, ended.Failure, ended.StatusCode));
    }

    private static HttpRequestMessage Post(ForwardingProxy proxy, HttpContent body) => new(HttpMethod.Post, $"http://127.0.0.1:{proxy.Port}/call")
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = body,
    };

    private static async Task<AttemptResult> EndedAsync(ForwardingProxy proxy)
    {
        await Eventually.TrueAsync(() => HasEnded(proxy), TestContext.Current.CancellationToken);
        lock (proxy.Ended)
            return Assert.Single(proxy.Ended);
    }

    private static bool HasEnded(ForwardingProxy proxy)
    {
        lock (proxy.Ended)
            return proxy.Ended.Count > 0;
    }

    private static Task<ForwardingProxy> StartProxyAsync(WebApplication backend) => ForwardingProxy.StartAsync(backend.Urls.First(), new()
    {
        Listen = listener => listener.Protocols = HttpProtocols.Http2,
        Request = new ForwarderRequestConfig { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
    });

    private static async Task<WebApplication> StartBackendAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>A body of one part that is sent at once and an end that comes only when the test says so.</summary>
    private sealed class HeldContent : HttpContent
    {
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Finish() => _finish.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("part"u8.ToArray());
            await stream.FlushAsync();
            await _finish.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
