using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Health;

namespace AspireLB.Balancing.Routing;

/// <summary>Brings what requests may use up to date after something about a backend has changed.</summary>
internal sealed class Availability(ClusterRegistry registry, IClusterDestinationsUpdater updater)
{
    public void Refresh(string clusterId)
    {
        if (registry.Find(clusterId) is not { } cluster)
            return;

        updater.UpdateAvailableDestinations(cluster.State);
        cluster.Slots.Pump();
    }
}
