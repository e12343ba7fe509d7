using System.Diagnostics;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Administering.Explaining;

/// <summary>
/// Finds the route that a request would take, by ASP.NET Core's own routing over the data listener's own routes, so that it can't differ from
/// what a real request meets. Nothing is sent: the route is looked at and left.
/// </summary>
internal sealed class RouteMatching : IDisposable
{
    private readonly DiagnosticListener _diagnostics = new("AspireLB.Explaining");
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _match;

    public RouteMatching(IServiceProvider data)
    {
        var services = new ServiceCollection().AddSingleton(data.GetRequiredService<ILoggerFactory>()).AddSingleton(_diagnostics).AddMetrics().AddLogging().AddRouting();

        // YARP matches headers and query parameters by policies of its own.
        foreach (var policy in data.GetServices<MatcherPolicy>().Where(policy => policy.GetType().Assembly == typeof(RouteConfig).Assembly))
            services.AddSingleton(policy);
        _services = services.BuildServiceProvider();

        var app = new ApplicationBuilder(_services);
        app.UseRouting();
        app.Use((HttpContext _, RequestDelegate _) => Task.CompletedTask);
        app.UseEndpoints(endpoints => endpoints.DataSources.Add(data.GetRequiredService<EndpointDataSource>()));
        _match = app.Build();
    }

    /// <summary>The route, or null if none takes the request.</summary>
    public async Task<RouteModel?> MatchAsync(HttpContext request)
    {
        request.RequestServices = _services;
        await _match(request);
        return request.GetEndpoint()?.Metadata.GetMetadata<RouteModel>();
    }

    public void Dispose()
    {
        _services.Dispose();
        _diagnostics.Dispose();
    }
}
