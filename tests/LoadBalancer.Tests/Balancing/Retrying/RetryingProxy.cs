using System.Net;
using AspireLB.Balancing;
using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;
using AspireLB.LoadBalancer.Tests.Balancing.Health;
using AspireLB.LoadBalancer.Tests.Configuring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

/// <summary>RetryingProxy runs the stages from routing to forwarding on real sockets and fake time, without probes.</summary>
internal sealed class RetryingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RetryingProxy(EffectiveConfiguration configuration)
    {
        var store = new ConfigurationStore(configuration);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(ServerLog);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IProxyConfigProvider>(store);
        builder.Services.AddSingleton<IClusterOptionsSource>(store);
        builder.Services.AddReverseProxy().AddEngine();
        builder.Services.AddSingleton(new ProbeClient(() => new ScriptedProbes(), Time));
        _app = builder.Build();
        _app.MapReverseProxy(proxy => proxy.UseBalancing());
    }

    public WatchedTime Time { get; } = new();

    /// <summary>The server's log lines, such as exceptions that a stage has not caught.</summary>
    public LogLines ServerLog { get; } = new("Microsoft.AspNetCore.Server.Kestrel");

    public RequestFeed Feed => _app.Services.GetRequiredService<RequestFeed>();

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Our model of the only cluster.</summary>
    public Cluster Cluster
    {
        get
        {
            Assert.True(_app.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(BackendsCluster.Id, out var state));
            return _app.Services.GetRequiredService<ClusterRegistry>().Get(state);
        }
    }

    public Backend[] Backends => [.. _app.Services.GetRequiredService<ClusterRegistry>().BackendsOf(Cluster.State)];

    /// <param name="settings">The <c>LoadBalancer</c> section as JSON members, without probes, which are off.</param>
    /// <param name="backends">The backends in the order of round robin: a, b, c.</param>
    public static async Task<RetryingProxy> StartAsync(string settings, params ScriptedBackend[] backends)
    {
        var entries = backends.Index().Select(backend => $$"""{ "Name": "{{(char)('a' + backend.Index)}}", "Address": "{{backend.Item.Url}}" }""");
        var json = $$"""
            { "Backends": [{{string.Join(',', entries)}}], "LoadBalancer": { "Health": { "Active": { "Enabled": false } }, {{settings}} } }
            """;
        var proxy = new RetryingProxy(await Settings.ReadAsync(Settings.Json(json)));
        await proxy._app.StartAsync();
        return proxy;
    }

    public async Task<RawClient> ConnectAsync()
    {
        var client = new System.Net.Sockets.TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, Port);
        return new(client);
    }

    /// <summary>Sends a request with <c>Connection: close</c> and returns everything received.</summary>
    public async Task<string> SendAsync(string method = "GET", string fields = "", string body = "")
    {
        using var client = await ConnectAsync();
        await client.SendAsync($"{method} / HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n{fields}\r\n{body}");
        return await client.ReadToEndAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
