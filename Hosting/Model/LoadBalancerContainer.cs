using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireLB.Hosting.Model;

/// <summary>Represents the balancer in the model when it is a container. It shares the balancer's annotations.</summary>
internal sealed class LoadBalancerContainer(LoadBalancerResource balancer) : ContainerResource(balancer.Name), IResourceWithServiceDiscovery
{
    public override ResourceAnnotationCollection Annotations => balancer.Annotations;
}
