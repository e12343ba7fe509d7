using AspireLB.Balancing;
using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Tests.Configuring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>ProbingHost runs the stages from configuration to health with YARP's real model, on fake time and without sockets.</summary>
internal sealed class ProbingHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConfigurationStore _store;

    private ProbingHost(EffectiveConfiguration configuration, Action<ScriptedProbes>? script)
    {
        script?.Invoke(Probes);
        _store = new(configuration);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore(); // never started
        builder.Logging.AddProvider(Log);
        builder.Services.AddRouting();
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IProxyConfigProvider>(_store);
        builder.Services.AddSingleton<IClusterOptionsSource>(_store);
        builder.Services.AddReverseProxy().AddEngine();
        builder.Services.AddSingleton(new ProbeClient(() => Probes, Time));
        _app = builder.Build();
        _app.MapReverseProxy();
    }

    public WatchedTime Time { get; } = new();

    public ScriptedProbes Probes { get; } = new();

    public LogLines Log { get; } = new();

    public HealthMonitor Monitor => _app.Services.GetRequiredService<HealthMonitor>();

    public PassiveHealth Passive => _app.Services.GetRequiredService<PassiveHealth>();

    /// <summary>Our model of the only cluster.</summary>
    public Cluster Cluster => _app.Services.GetRequiredService<ClusterRegistry>().Find("backends")!;

    public static async Task<ProbingHost> StartAsync(string json, Action<ScriptedProbes>? script = null) => new(await ReadAsync(json), script);

    public async Task ReloadAsync(string json) => _store.Apply(await ReadAsync(json));

    public Backend Backend(string name)
    {
        var (lookup, registry) = (_app.Services.GetRequiredService<IProxyStateLookup>(), _app.Services.GetRequiredService<ClusterRegistry>());
        Assert.True(lookup.TryGetCluster("backends", out var cluster));
        return registry.BackendsOf(cluster).Single(backend => backend.Name == name);
    }

    /// <summary>Names of the available backends.</summary>
    public IEnumerable<string> Available => _app.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("backends", out var cluster)
        ? cluster.DestinationsState.AvailableDestinations.Select(destination => destination.DestinationId)
        : [];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task<EffectiveConfiguration> ReadAsync(string json) => Settings.ReadAsync(Settings.Json(json));
}
