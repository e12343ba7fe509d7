using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Dashboard;
using AspireLB.Hosting.Model;

namespace Aspire.Hosting;

public static partial class LoadBalancerBuilderExtensions
{
    /// <summary>
    /// Adds a resource that serves the requests that no other route matches. Each replica of a project is a separate backend, and the balancer
    /// follows replicas that start, stop or change their port while it runs.
    /// </summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="backend">A project, an executable, a container, or any other resource with an HTTP endpoint.</param>
    /// <param name="weight">Share of the requests relative to the other backends, 1 to 1000. It applies to each replica.</param>
    /// <param name="endpointName">Name of the endpoint; null selects "http", or else the first HTTP endpoint.</param>
    /// <returns>The balancer.</returns>
    /// <exception cref="ArgumentException">The weight is out of range, or the resource is already a backend.</exception>
    public static IResourceBuilder<LoadBalancerResource> WithBackend(
        this IResourceBuilder<LoadBalancerResource> builder, IResourceBuilder<IResourceWithEndpoints> backend,
        int weight = 1, string? endpointName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(backend);
        return builder.Add(() => builder.Resource.Clusters.Default(), backend, weight, endpointName);
    }

    /// <summary>Sends the requests for a path to separate backends.</summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="path">Path as in ASP.NET Core's routing, for example <c>/static/{**path}</c>.</param>
    /// <param name="backend">The backend.</param>
    /// <param name="more">More backends that share the requests with it.</param>
    /// <returns>The balancer.</returns>
    /// <exception cref="ArgumentException">The path is invalid or already has a route, or a backend is named twice.</exception>
    public static IResourceBuilder<LoadBalancerResource> WithRoute(
        this IResourceBuilder<LoadBalancerResource> builder, string path, IResourceBuilder<IResourceWithEndpoints> backend,
        params IResourceBuilder<IResourceWithEndpoints>[] more)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(more);
        var cluster = builder.Resource.Clusters.ForRoute(path, backend.Resource.Name);
        foreach (var each in more.Prepend(backend))
            builder.Add(() => cluster, each, 1, null);
        return builder;
    }

    private static IResourceBuilder<LoadBalancerResource> Add(
        this IResourceBuilder<LoadBalancerResource> builder, Func<BalancedCluster> cluster, IResourceBuilder<IResourceWithEndpoints> backend,
        int weight, string? endpointName)
    {
        var added = BalancedClusters.Add(cluster(), backend.Resource, weight, endpointName);
        if (builder.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            if (backend is IResourceBuilder<IResourceWithEnvironment> process)
                process.WithEnvironment(added.TellOwnAddress);
            backend.ShowInRow(builder.Resource);
        }

        return builder.WithReferenceRelationship(backend);
    }
}
