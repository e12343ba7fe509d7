using AspireLB.LoadBalancer.Administering.Explaining;
using AspireLB.LoadBalancer.Administering.Live;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Observing;
using AspireLB.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Runs the admin listener as a separate web application, so that nothing of it is reachable through the data port and the data path carries
/// none of its middleware. It starts before the data listener and stops after it.
/// </summary>
internal sealed partial class AdminServer(IServiceProvider services, ConfigurationStore configuration, ILogger<AdminServer> logger) : IHostedService
{
    private WebApplication? _app;
    private ApiDocument? _document;

    /// <summary>The listen addresses, with the actual port where 0 was configured.</summary>
    public ICollection<string> Urls => _app?.Urls ?? [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = configuration.Current.Admin;
        if (!options.Enabled)
            return;

        _app = Build(options);
        await _app.StartAsync(cancellationToken);
        Log.Listening(logger, string.Join(", ", _app.Urls));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is { } app)
        {
            await app.StopAsync(cancellationToken);
            await app.DisposeAsync();
            await _document!.DisposeAsync();
        }
    }

    private WebApplication Build(AdminOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(AdminServer).Assembly.GetName().Name });
        builder.ExcludeRequestsFromTelemetry();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls(options.EffectiveUrls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            if (options.HasHttps)
                kestrel.ConfigureHttpsDefaults(ActivatorUtilities.CreateInstance<AdminTls>(services, options.Tls).Configure);
        });
        AddServices(builder);

        _document = new(AddServices, MapApi);
        var app = builder.Build();
        app.UseMiddleware<AdminProblems>();
        if (options.CallsPerSecond > 0)
            app.UseMiddleware<CallRate>(options.CallsPerSecond, services.GetRequiredService<TimeProvider>());
        if (options.Tls.ClientCa is not null)
            app.UseMiddleware<ClientCertificate>();
        app.UseMiddleware<SameOrigin>(options.Token is not null);
        app.UseRouting();
        app.UseMiddleware<AdminToken>(options.Token ?? "");
        MapApi(app);
        app.MapGet("/openapi/v1.json", _document.ServeAsync).ExcludeFromDescription().DisableHttpMetrics();
        app.MapConsole();
        return app;
    }

    private void AddServices(WebApplicationBuilder builder)
    {
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(services.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton(services.GetRequiredService<HealthCheckService>());
        builder.Services.AddSingleton(services.GetRequiredService<BackendDirectory>());
        builder.Services.AddSingleton(services.GetRequiredService<BackendEdits>());
        builder.Services.AddSingleton(services.GetRequiredService<RunTimeConfiguration>());
        builder.Services.AddSingleton(services.GetRequiredService<ConfirmedCommit>());
        builder.Services.AddSingleton(services.GetRequiredService<ChangeHistory>());
        builder.Services.AddSingleton(services.GetRequiredService<Explainer>());
        builder.Services.AddSingleton(services.GetRequiredService<ConfigurationStore>());
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<BackendCalls>();
        builder.Services.AddSingleton(services.GetRequiredService<LiveStreams>());
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json => AdminJson.Configure(json.SerializerOptions));
    }

    private void MapApi(WebApplication app)
    {
        app.MapDefaultEndpoints();
        app.MapBackends();
        app.MapClusters();
        app.MapConfiguration();
        app.MapExplain();
        app.MapLive();
        app.MapGet("/metrics", services.GetRequiredService<PrometheusEndpoint>().ScrapeAsync).DisableHttpMetrics();
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "Admin API on {Urls}", EventName = "AdminListening")]
        public static partial void Listening(ILogger logger, string urls);
    }
}
