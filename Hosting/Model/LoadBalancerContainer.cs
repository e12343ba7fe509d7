using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireLB.Hosting.Model;

/// <summary>Stands in the model for a balancer that is a container; everything said of the balancer holds for it.</summary>
internal sealed class LoadBalancerContainer(LoadBalancerResource balancer) : ContainerResource(balancer.Name), IResourceWithServiceDiscovery
{
    public override ResourceAnnotationCollection Annotations => balancer.Annotations;
}
