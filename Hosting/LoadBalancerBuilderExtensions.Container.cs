using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Model;

namespace Aspire.Hosting;

public static partial class LoadBalancerBuilderExtensions
{
    /// <summary>
    /// Sets the image to use when the balancer is a container: in publish mode, and after <see cref="RunAsContainer"/>. Default: aspirelb.
    /// </summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="image">Name of the image, including its registry if it has one.</param>
    /// <param name="tag">Tag; null: latest.</param>
    /// <returns>The balancer.</returns>
    public static IResourceBuilder<LoadBalancerResource> WithImage(
        this IResourceBuilder<LoadBalancerResource> builder, string image, string? tag = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(image);
        builder.Resource.Image = (image, tag);
        if (Container(builder) is { } container)
            container.WithImage(image, tag);
        return builder;
    }

    /// <summary>
    /// Runs the balancer's image instead of its program. This needs a container engine. All replicas of a project are then one backend, because a
    /// container reaches the processes of this machine only through Aspire's proxy.
    /// </summary>
    /// <param name="builder">The balancer.</param>
    /// <returns>The balancer.</returns>
    public static IResourceBuilder<LoadBalancerResource> RunAsContainer(this IResourceBuilder<LoadBalancerResource> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.ApplicationBuilder.ExecutionContext.IsRunMode || builder.Resource.RunsAsContainer)
            return builder;

        builder.Resource.RunsAsContainer = true;
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>())
            endpoint.TargetPort = endpoint.Name == LoadBalancerResource.HttpEndpointName ? ContainerPort : ContainerConsolePort;
        return builder.AsContainer();
    }

    // A resource cannot change its type with the mode, so a container with the same annotations replaces the balancer in the model.
    private static IResourceBuilder<LoadBalancerResource> AsContainer(this IResourceBuilder<LoadBalancerResource> builder)
    {
        var (balancer, application) = (builder.Resource, builder.ApplicationBuilder);
        balancer.AdminToken = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(
            application, $"{balancer.Name}-admin-token", special: false);
        application.Resources.Remove(balancer);
        application.AddResource(new LoadBalancerContainer(balancer)).WithImage(balancer.Image.Name, balancer.Image.Tag);
        return builder;
    }

    private static IResourceBuilder<LoadBalancerContainer>? Container(IResourceBuilder<LoadBalancerResource> builder) =>
        builder.ApplicationBuilder.TryCreateResourceBuilder<LoadBalancerContainer>(builder.Resource.Name, out var container) ? container : null;
}
