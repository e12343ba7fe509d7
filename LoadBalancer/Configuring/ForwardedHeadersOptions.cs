using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Which proxies' <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> fields are trusted.</summary>
[OptionsSection]
internal sealed partial class ForwardedHeadersOptions
{
    /// <summary>
    /// Addresses and networks of the proxies in front of the balancer, such as 10.0.0.0/8 or 2001:db8::1. Their forwarded fields are passed on and
    /// extended; those of all other clients are replaced. Default: none.
    /// </summary>
    [Network]
    public string[] TrustedProxies { get; set; } = [];
}
