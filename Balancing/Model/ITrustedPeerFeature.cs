namespace AspireLB.Balancing.Model;

/// <summary>
/// ITrustedPeerFeature marks a request that came from a configured trusted proxy. The proxy's forwarded fields are kept and extended rather than
/// replaced. The accepting stage sets the feature; without it no peer is trusted.
/// </summary>
internal interface ITrustedPeerFeature;
