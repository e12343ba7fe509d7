using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// Lets session affinity see draining backends until their deadline: sessions bound to one stay, others never get there, since a request
/// that affinity does not bind goes to what is available.
/// </summary>
internal sealed class BoundSessions(RequestDelegate next, ClusterRegistry registry, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        if (proxy.Cluster.Config.SessionAffinity?.Enabled == true)
            ShowDraining(proxy);
        return next(context);
    }

    private void ShowDraining(IReverseProxyFeature proxy)
    {
        var cluster = registry.Get(proxy.Route.Cluster!);
        var deadline = time.GetUtcNow() - cluster.Options.DrainDeadline;
        Backend[] draining = [.. registry.BackendsOf(cluster.State).Where(backend => backend.Administration.DrainsSince > deadline)];
        if (draining.Length > 0)
            proxy.AvailableDestinations = new AvailableBackends([.. cluster.Available.Backends, .. draining], cluster);
    }
}
