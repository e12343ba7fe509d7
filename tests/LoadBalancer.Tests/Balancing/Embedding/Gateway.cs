using System.Net;
using AspireLB.Balancing;
using AspireLB.EventLoops;
using AspireLB.LoadBalancer.Tests.Balancing.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Embedding;

/// <summary>An application's own YARP gateway with the engine in it, on real sockets and without any stage of our program.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    public const string Cluster = "api";

    private readonly WebApplication _app;

    private Gateway(IReadOnlyList<ClusterConfig> clusters, Action<IReverseProxyBuilder> addBalancing, bool hasLoops)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        if (hasLoops)
            builder.WebHost.UseEventLoops();
        var proxy = builder.Services.AddReverseProxy().LoadFromMemory([RouteTo(Cluster)], clusters);
        addBalancing(proxy);
        _app = builder.Build();
        _app.MapReverseProxy(yarp => yarp.UseBalancing());
    }

    public LogLines Log { get; } = new();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>The gateway's services, as far as they are built; the initial configuration has been applied.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Builds the application up to where it could start.</summary>
    /// <param name="addBalancing">Calls <c>AddBalancing</c>.</param>
    /// <param name="clusters">YARP's clusters; the first one gets all requests.</param>
    public static Gateway Build(Action<IReverseProxyBuilder> addBalancing, params ClusterConfig[] clusters) =>
        new(clusters, addBalancing, hasLoops: false);

    public static async Task<Gateway> StartAsync(Action<IReverseProxyBuilder> addBalancing, ClusterConfig cluster, bool hasLoops = false)
    {
        var gateway = new Gateway([cluster], addBalancing, hasLoops);
        await gateway._app.StartAsync(TestContext.Current.CancellationToken);
        gateway.Client.BaseAddress = new(gateway._app.Urls.First());
        return gateway;
    }

    /// <summary>A cluster of these addresses, called a, b, c.</summary>
    public static ClusterConfig ClusterOf(params string[] addresses) => new()
    {
        ClusterId = Cluster,
        Destinations = addresses.Index().ToDictionary(each => $"{(char)('a' + each.Index)}", each => new DestinationConfig { Address = each.Item }),
    };

    public ClusterModel Applied(string cluster = Cluster)
    {
        Assert.True(Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(cluster, out var state));
        return state.Model;
    }

    /// <summary>Replaces YARP's configuration; it has been applied or rejected when this returns.</summary>
    public void Update(params ClusterConfig[] clusters) => Services.GetRequiredService<InMemoryConfigProvider>().Update([RouteTo(Cluster)], clusters);

    public async Task<string[]> GetAsync(int count)
    {
        var answers = new string[count];
        for (var i = 0; i < count; i++)
            answers[i] = await Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static RouteConfig RouteTo(string cluster) => new() { RouteId = "all", ClusterId = cluster, Match = new() { Path = "{**path}" } };
}
