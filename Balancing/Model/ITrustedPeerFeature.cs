namespace AspireLB.Balancing.Model;

/// <summary>
/// Present on requests that came from a configured trusted proxy, whose forwarded fields are believed and added to rather than
/// replaced. Who accepts connections sets it; without it no peer is trusted.
/// </summary>
internal interface ITrustedPeerFeature;
