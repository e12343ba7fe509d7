using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Health;

namespace AspireLB.Balancing.Routing;

/// <summary>Availability updates the list of backends that requests may go to, after the state of a backend has changed.</summary>
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
