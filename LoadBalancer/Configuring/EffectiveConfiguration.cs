using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>A configuration that has been checked in full and can be applied: what the shorthand and the defaults amount to.</summary>
internal sealed record EffectiveConfiguration(
    string Urls,
    IReadOnlyList<RouteConfig> Routes,
    IReadOnlyList<ClusterConfig> Clusters,
    LoadBalancerOptions LoadBalancer,
    AdminOptions Admin);
