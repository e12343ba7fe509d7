using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Routing;

/// <summary>
/// Where there is one route and it takes everything, as for <c>Backends</c>, chooses it without matching: routing would take the path apart
/// and keep the pieces for each request. With any other set of routes, routing does its work.
/// </summary>
internal sealed class OnlyRoute
{
    private readonly RequestDelegate _next;
    private readonly EndpointDataSource _endpoints;
    private Endpoint? _only;

    public OnlyRoute(RequestDelegate next, EndpointDataSource endpoints)
    {
        _next = next;
        _endpoints = endpoints;
        ChangeToken.OnChange(endpoints.GetChangeToken, Look);
        Look();
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (Volatile.Read(ref _only) is { } endpoint)
            context.SetEndpoint(endpoint);
        return _next(context);
    }

    private void Look() => Volatile.Write(ref _only, _endpoints.Endpoints is [RouteEndpoint endpoint] && TakesEverything(endpoint) ? endpoint : null);

    /// <summary>The path is one catch-all parameter without constraints, and nothing else of the request is asked for.</summary>
    private static bool TakesEverything(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [RoutePatternParameterPart { IsCatchAll: true, ParameterPolicies.Count: 0 }] }]
        && endpoint.Metadata.GetMetadata<RouteModel>()?.Config.Match is { Hosts: null or { Count: 0 }, Methods: null or { Count: 0 }, Headers: null or { Count: 0 }, QueryParameters: null or { Count: 0 } };
}
