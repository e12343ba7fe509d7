using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>A fully validated configuration, ready to apply, with the shorthand expanded and the defaults filled in.</summary>
internal sealed record EffectiveConfiguration(
    string Urls,
    IReadOnlyList<RouteConfig> Routes,
    IReadOnlyList<ClusterConfig> Clusters,
    LoadBalancerOptions LoadBalancer,
    AdminOptions Admin);
