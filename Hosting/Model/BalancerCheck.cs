using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireLB.Hosting.Model;

/// <summary>Checks the rules that depend on the complete model, before anything starts.</summary>
internal static class BalancerCheck
{
    /// <exception cref="DistributedApplicationException">The balancer cannot work with this model.</exception>
    public static void Check(LoadBalancerResource balancer, bool needsProgram)
    {
        if (!balancer.Clusters.Backends.Any())
            throw new DistributedApplicationException($"Load balancer '{balancer.Name}' has nothing to balance: call WithBackend or WithRoute.");
        foreach (var (_, backend) in balancer.Clusters.Backends)
            _ = backend.Endpoint;
        if (needsProgram && balancer.Program is null)
        {
            throw new DistributedApplicationException(
                $"Load balancer '{balancer.Name}' has no program to run. The package AspireLB.Hosting brings it: reference it from the AppHost's own "
                + "project and build again; or call WithProgram with the path of LoadBalancer.dll or of the native executable, or RunAsContainer.");
        }

        // WithExternalHttpEndpoints makes all endpoints external, but the admin side must never be.
        balancer.ConsoleEndpoint.EndpointAnnotation.IsExternal = false;
    }
}
