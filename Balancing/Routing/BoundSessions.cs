using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// BoundSessions is middleware that shows draining backends to session affinity until their deadline. Sessions bound to a draining backend stay
/// there. Other requests never go to it, since a request without affinity goes to the available backends.
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
