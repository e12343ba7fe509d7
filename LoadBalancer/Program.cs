using AspireLB.Balancing;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Routing;
using AspireLB.EventLoops.Listening;
using AspireLB.LoadBalancer.Accepting;
using AspireLB.LoadBalancer.Administering;
using AspireLB.LoadBalancer.Commands;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Memory;
using AspireLB.LoadBalancer.Observing;
using AspireLB.ServiceDefaults;

namespace AspireLB.LoadBalancer;

/// <summary>The balancer: every stage in the order in which a request meets it.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] args) => CommandLine.RunAsync(args, Build);

    internal static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder([.. args, ConfigurationSources.WithoutWatching]);
        var configuration = builder.AddConfiguring();
        builder.AddServiceDefaults(TelemetryNames.Source);
        builder.AddObserving(configuration);
        builder.AddAccepting(configuration);
        builder.Services.AddReverseProxy().AddEngine();
        builder.Services
            .AddAdministering()
            .AddParentWatch()
            .AddHostedService<CompilerMemory>();

        var app = builder.Build();

        // Request telemetry: first of all, before what ASP.NET Core adds by itself, comes RequestTelemetry, which AddObserving puts there
        app.UseMiddleware<EarlyAnsweredCalls>();
        app.UseAccessLog();

        // Client connections
        app.UseMiddleware<Parkable>();
        app.UseMiddleware<CloseWhenStopping>();

        // Request checks
        app.UseMiddleware<RequestHygiene>();
        app.UseMiddleware<TrustedPeers>();
        app.UseMiddleware<GlobalLimit>();

        // Route matching (skipped where a single route takes every request)
        app.UseMiddleware<SingleRoute>();
        app.UseRouting();
        app.UseRouteAuthorization();

        // Balancing: pick, forward, retry
        app.MapReverseProxy(proxy =>
        {
            proxy.UseExplaining(configuration.Admin.ExplainToken);
            proxy.UseBalancing();
        });
        return app;
    }
}
