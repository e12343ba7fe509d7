using System.Diagnostics;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Administering.Explaining;

/// <summary>
/// Finds the route of a request with ASP.NET Core's own routing over the data listener's endpoints, so that the result can't differ from that of
/// a real request. The matched route is not executed.
/// </summary>
internal sealed class RouteMatching : IDisposable
{
    private readonly DiagnosticListener _diagnostics = new("AspireLB.Explaining");
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _match;

    public RouteMatching(IServiceProvider data)
    {
        var services = new ServiceCollection()
            .AddSingleton(data.GetRequiredService<ILoggerFactory>())
            .AddSingleton(_diagnostics)
            .AddMetrics()
            .AddLogging()
            .AddRouting();

        // YARP matches headers and query parameters with its own policies.
        foreach (var policy in data.GetServices<MatcherPolicy>().Where(policy => policy.GetType().Assembly == typeof(RouteConfig).Assembly))
            services.AddSingleton(policy);
        _services = services.BuildServiceProvider();

        var app = new ApplicationBuilder(_services);
        app.UseRouting();
        app.Use((HttpContext _, RequestDelegate _) => Task.CompletedTask);
        app.UseEndpoints(endpoints => endpoints.DataSources.Add(data.GetRequiredService<EndpointDataSource>()));
        _match = app.Build();
    }

    /// <summary>The route, or null if none matches.</summary>
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
