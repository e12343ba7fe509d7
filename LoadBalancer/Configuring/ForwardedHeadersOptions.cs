using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Whose <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> are believed.</summary>
[OptionsSection]
internal sealed partial class ForwardedHeadersOptions
{
    /// <summary>
    /// Addresses and networks of the proxies before the balancer, such as 10.0.0.0/8 or 2001:db8::1. What these say in the fields is passed on and
    /// added to; what anybody else says is replaced. Default: none.
    /// </summary>
    [Network]
    public string[] TrustedProxies { get; set; } = [];
}
