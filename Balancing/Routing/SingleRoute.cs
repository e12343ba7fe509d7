using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// Where there is one route, and it takes everything and asks for nothing, as for <c>Backends</c>, goes straight to it: routing would take the path
/// apart and keep the pieces for each request, and what stands behind it would look for policies that are not there. With any other set of routes these
/// do their work.
/// </summary>
internal sealed class SingleRoute
{
    private readonly RequestDelegate _next;
    private readonly EndpointDataSource _endpoints;
    private readonly bool _hasFallbackPolicy;
    private Endpoint? _only;

    public SingleRoute(RequestDelegate next, EndpointDataSource endpoints, IOptions<AuthorizationOptions> authorization)
    {
        _next = next;
        _endpoints = endpoints;
        _hasFallbackPolicy = authorization.Value.FallbackPolicy is not null;
        ChangeToken.OnChange(endpoints.GetChangeToken, FindSingleRoute);
        FindSingleRoute();
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (Volatile.Read(ref _only) is not { } endpoint)
            return _next(context);

        context.SetEndpoint(endpoint);
        return endpoint.RequestDelegate!(context);
    }

    private void FindSingleRoute() => Volatile.Write(
        ref _only, !_hasFallbackPolicy && _endpoints.Endpoints is [RouteEndpoint endpoint] && TakesEverything(endpoint) && AsksForNothing(endpoint) ? endpoint : null);

    /// <summary>None of the policies that middleware between here and the endpoint would apply.</summary>
    private static bool AsksForNothing(RouteEndpoint endpoint) =>
        endpoint.RequestDelegate is not null && !RouteAuthorization.IsRequired(endpoint)
        && endpoint.Metadata.GetMetadata<RouteModel>()?.Config is { CorsPolicy: null, RateLimiterPolicy: null, OutputCachePolicy: null, Timeout: null, TimeoutPolicy: null };

    /// <summary>The path is one catch-all parameter without constraints, and nothing else of the request is asked for.</summary>
    private static bool TakesEverything(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [RoutePatternParameterPart { IsCatchAll: true, ParameterPolicies.Count: 0 }] }]
        && endpoint.Metadata.GetMetadata<RouteModel>()?.Config.Match is { Hosts: null or { Count: 0 }, Methods: null or { Count: 0 }, Headers: null or { Count: 0 }, QueryParameters: null or { Count: 0 } };
}
