using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace AspireLB.Balancing.Routing;

/// <summary>RouteAuthorization adds authorization for the routes that require it.</summary>
internal static class RouteAuthorization
{
    /// <summary>
    /// Adds authorization for routes with an <c>AuthorizationPolicy</c>, at no cost for other routes. It must come after routing: WebApplication
    /// would put it at the start of the pipeline, where the route is not known yet. If authorization did not run for a route that requires it, the
    /// endpoint itself would refuse to run.
    /// </summary>
    public static void UseRouteAuthorization(this WebApplication app)
    {
        // WebApplication adds no authorization of its own if it finds this property.
        ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
        if (app.Services.GetRequiredService<IOptions<AuthorizationOptions>>().Value.FallbackPolicy is not null)
            app.UseAuthorization();
        else
            app.UseWhen(context => context.GetEndpoint() is { } endpoint && IsRequired(endpoint), branch => branch.UseAuthorization());
    }

    /// <summary>Whether the endpoint requires authorization.</summary>
    public static bool IsRequired(Endpoint endpoint) =>
        endpoint.Metadata is var metadata
        && (metadata.GetMetadata<IAuthorizeData>() is not null || metadata.GetMetadata<AuthorizationPolicy>() is not null
            || metadata.GetMetadata<IAuthorizationRequirementData>() is not null);
}
