using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// SingleRoute is middleware for a configuration with a single catch-all route without policies, such as <c>Backends</c> creates. It sends each
/// request straight to the route's endpoint, skipping routing and authorization: routing would split the path and keep the parts for each request,
/// and the middleware after it would look for policies that do not exist. With any other set of routes it passes requests on.
/// </summary>
internal sealed class SingleRoute
{
    private readonly RequestDelegate _next;
    private readonly EndpointDataSource _endpoints;
    private readonly bool _hasFallbackPolicy;
    private Endpoint? _single;

    public SingleRoute(RequestDelegate next, EndpointDataSource endpoints, IOptions<AuthorizationOptions> authorization)
    {
        _next = next;
        _endpoints = endpoints;
        _hasFallbackPolicy = authorization.Value.FallbackPolicy is not null;
        ChangeToken.OnChange(endpoints.GetChangeToken, UpdateSingleRoute);
        UpdateSingleRoute();
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (Volatile.Read(ref _single) is not { } endpoint)
            return _next(context);

        context.SetEndpoint(endpoint);
        return endpoint.RequestDelegate!(context);
    }

    private void UpdateSingleRoute()
    {
        var single = !_hasFallbackPolicy && _endpoints.Endpoints is [RouteEndpoint endpoint] && MatchesEverything(endpoint) && HasNoPolicies(endpoint)
            ? endpoint
            : null;
        Volatile.Write(ref _single, single);
    }

    /// <summary>Whether the route has none of the policies that the skipped middleware would apply.</summary>
    private static bool HasNoPolicies(RouteEndpoint endpoint) =>
        endpoint.RequestDelegate is not null
        && !RouteAuthorization.IsRequired(endpoint)
        && endpoint.Metadata.GetMetadata<RouteModel>()?.Config is
        {
            CorsPolicy: null,
            RateLimiterPolicy: null,
            OutputCachePolicy: null,
            Timeout: null,
            TimeoutPolicy: null,
        };

    /// <summary>Whether the path is one catch-all parameter without constraints, and the route matches on nothing else.</summary>
    private static bool MatchesEverything(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [RoutePatternParameterPart { IsCatchAll: true, ParameterPolicies.Count: 0 }] }]
        && endpoint.Metadata.GetMetadata<RouteModel>()?.Config.Match is
        {
            Hosts: null or { Count: 0 },
            Methods: null or { Count: 0 },
            Headers: null or { Count: 0 },
            QueryParameters: null or { Count: 0 },
        };
}
