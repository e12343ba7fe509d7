using System.Net;
using System.Net.Sockets;
using System.Text;
using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.EventLoops.Listening;
using AspireLB.LoadBalancer.Accepting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>ForwardingProxy is a proxy on a real socket with only the forwarder in its pipeline, and a scripted retry loop.</summary>
internal sealed class ForwardingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ForwardingProxy(WebApplication app) => _app = app;

    /// <summary>The results that the forwarder reported, in order.</summary>
    public List<AttemptResult> Ended { get; } = [];

    /// <summary>The results for which the forwarder asked whether to retry.</summary>
    public List<AttemptResult> Asked { get; } = [];

    public int Port => new Uri(_app.Urls.First()).Port;

    public IServiceProvider Services => _app.Services;

    public static async Task<ForwardingProxy> StartAsync(string destination, Setup? setup = null)
    {
        setup ??= new();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = ConnectionFieldEncoding.For;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, 0, setup.Listen);
        });
        setup.Configure?.Invoke(builder.Services);
        builder.Services.TryAddSingleton(TimeProvider.System);
        if (setup.UsesEventLoops)
            builder.Services.AddEventLoops();
        builder.Services.AddSingleton<IClusterOptionsSource>(new Options(new() { Timeouts = setup.Timeouts, Tls = setup.Tls }));
        var route = new RouteConfig { RouteId = "r", ClusterId = "c", Match = new() { Path = "/{**rest}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = "c",
            HttpClient = setup.Client,
            HttpRequest = setup.Request,
            Destinations = new Dictionary<string, DestinationConfig> { ["d"] = new() { Address = destination, Host = setup.DestinationHost } },
        };
        builder.Services.AddReverseProxy().LoadFromMemory([setup.Route(route)], [cluster]).AddForwarding();
        var app = builder.Build();
        var proxy = new ForwardingProxy(app);
        app.Use((context, next) =>
        {
            setup.OnRequest?.Invoke(context);
            if (setup.Retries is not null)
                context.Features.Set<IAttemptFeature>(new Feature(proxy, setup));
            return next(context);
        });
        app.MapReverseProxy(_ => { });
        await app.StartAsync();
        return proxy;
    }

    /// <summary>Sends these bytes and returns everything received until the proxy closes.</summary>
    public async Task<string> SendAsync(string request)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadToEndAsync();
    }

    public async Task<RawClient> ConnectAsync()
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, Port);
        return new(client);
    }

    /// <summary>Sends a request without a body and with <c>Connection: close</c>.</summary>
    public Task<string> GetAsync(string target = "/", string fields = "") =>
        SendAsync($"GET {target} HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n{fields}\r\n");

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public sealed record Setup
    {
        public bool UsesEventLoops { get; init; } = true;

        public TimeoutOptions Timeouts { get; init; } = new();

        public TlsOptions Tls { get; init; } = new();

        public HttpClientConfig? Client { get; init; }

        public Yarp.ReverseProxy.Forwarder.ForwarderRequestConfig? Request { get; init; }

        public string? DestinationHost { get; init; }

        public Func<RouteConfig, RouteConfig> Route { get; init; } = route => route.WithTransformUseOriginalHostHeader();

        public Action<IServiceCollection>? Configure { get; init; }

        public Action<Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions> Listen { get; init; } = _ => { };

        public Action<HttpContext>? OnRequest { get; init; }

        /// <summary>The retry loop's decision; null: there is no retry loop.</summary>
        public Func<AttemptResult, bool>? Retries { get; init; } = _ => false;

        public TimeSpan? AttemptTimeout { get; init; }

        public byte[]? BufferedBody { get; init; }
    }

    private sealed class Options(ClusterOptions options) : IClusterOptionsSource
    {
        public ClusterOptions For(string clusterId) => options;
    }

    private sealed class Feature(ForwardingProxy proxy, Setup setup) : IAttemptFeature
    {
        public TimeSpan? Timeout => setup.AttemptTimeout;

        public TimeoutOptions? Timeouts => setup.Timeouts;

        public ReadOnlyMemory<byte>? BufferedBody { get; } = setup.BufferedBody is null ? (ReadOnlyMemory<byte>?)null : new(setup.BufferedBody);

        public bool DecideRetry(AttemptResult result)
        {
            lock (proxy.Asked)
                proxy.Asked.Add(result);
            return setup.Retries!(result);
        }

        public void Ended(AttemptResult result)
        {
            lock (proxy.Ended)
                proxy.Ended.Add(result);
        }
    }
}

/// <summary>RawClient is a client that sends and receives bytes without knowing HTTP.</summary>
internal sealed class RawClient(TcpClient client) : IDisposable
{
    /// <summary>More than anything takes, so that a response that does not come is a failure and not a test without an end.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly NetworkStream _stream = client.GetStream();

    public ValueTask SendAsync(string text) => _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Closes the sending direction.</summary>
    public void FinishSending() => client.Client.Shutdown(SocketShutdown.Send);

    public async Task<string> ReadToEndAsync()
    {
        var received = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(received).WaitAsync(Limit);
        }
        catch (IOException)
        {
            received.Write("<reset>"u8);
        }

        return Encoding.Latin1.GetString(received.ToArray());
    }

    /// <summary>Reads until the text has arrived, and returns everything read.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var read = "";
        var buffer = new byte[16 * 1024];
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            var count = await _stream.ReadAsync(buffer).AsTask().WaitAsync(Limit);
            if (count == 0)
                throw new IOException($"The stream ended after: {read}");
            read += Encoding.Latin1.GetString(buffer, 0, count);
        }

        return read;
    }

    /// <summary>Reads while the condition holds for everything read, at most until the connection closes.</summary>
    public async Task<string> ReadWhileAsync(Func<string, bool> goesOn)
    {
        var read = "";
        var buffer = new byte[16 * 1024];
        try
        {
            while (goesOn(read))
            {
                var count = await _stream.ReadAsync(buffer).AsTask().WaitAsync(Limit);
                if (count == 0)
                    break;
                read += Encoding.Latin1.GetString(buffer, 0, count);
            }
        }
        catch (IOException)
        {
            // A reset ends the stream too.
        }

        return read;
    }

    public void Reset()
    {
        client.LingerState = new(true, 0);
        client.Close();
    }

    public void Dispose() => client.Dispose();
}
