using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace AspireLB.Balancing.Routing;

internal static class RouteAuthorization
{
    /// <summary>
    /// Authorization for routes with an <c>AuthorizationPolicy</c>; others do not pay for it. Stands behind routing: WebApplication would put it before
    /// everything, where the route is not known yet. Should it ever be left out for a route that asks for it, the endpoint itself refuses to run.
    /// </summary>
    public static void UseRouteAuthorization(this WebApplication app)
    {
        // What WebApplication looks at to see that the application does this by itself.
        ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
        if (app.Services.GetRequiredService<IOptions<AuthorizationOptions>>().Value.FallbackPolicy is not null)
            app.UseAuthorization();
        else
            app.UseWhen(context => context.GetEndpoint() is { } endpoint && IsRequired(endpoint), branch => branch.UseAuthorization());
    }

    /// <summary>Whether the endpoint says who may use it.</summary>
    public static bool IsRequired(Endpoint endpoint) =>
        endpoint.Metadata is var metadata
        && (metadata.GetMetadata<IAuthorizeData>() is not null || metadata.GetMetadata<AuthorizationPolicy>() is not null
            || metadata.GetMetadata<IAuthorizationRequirementData>() is not null);
}
