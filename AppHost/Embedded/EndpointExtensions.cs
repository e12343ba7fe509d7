namespace AspireLB.AppHost.Embedded;

/// <summary>Describes where a resource listens, and how others find it and know that it is well.</summary>
internal static class EndpointExtensions
{
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null) where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(port); // No proxy stands in front of a resource here, so that there is no port to make up.
        builder.Resource.Description.Endpoints.Add(new EndpointAnnotation(name ?? "http", port.Value) { TargetPort = targetPort, Variable = env });
        return builder;
    }

    public static IResourceBuilder<ProjectResource> WithEndpointsInEnvironment(
        this IResourceBuilder<ProjectResource> builder, Func<EndpointAnnotation, bool> filter)
    {
        builder.Resource.Description.EndpointsInEnvironment = filter;
        return builder;
    }

    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Description.Endpoints)
            endpoint.IsExternal = true;
        return builder;
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints => new(builder.Resource, name);

    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback) where T : IResourceWithEndpoints
    {
        var endpoint = builder.GetEndpoint(endpointName).Endpoint;
        var url = new ResourceUrlAnnotation { Url = endpoint.Url };
        callback(url);
        endpoint.DisplayText = url.DisplayText;
        return builder;
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null) where T : IResourceWithEndpoints
    {
        builder.Resource.Description.HealthChecks.Add(new HealthCheck(builder.GetEndpoint(endpointName ?? "http"), path ?? "/", statusCode ?? 200));
        return builder;
    }

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference) where TDestination : IResourceWithEnvironment
    {
        builder.Resource.Description.References.Add(endpointReference);
        return builder;
    }

    /// <summary>The resource starts when <paramref name="dependency"/> runs and all its health checks pass.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency) where T : IResourceWithWaitSupport
    {
        builder.Resource.Description.WaitsFor.Add(dependency.Resource);
        return builder;
    }
}
