using System.ComponentModel.DataAnnotations;
using System.Net;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Accepts an IP address or a network in CIDR notation (RFC 4632, RFC 4291).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetworkAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && TryParse(text, out _);

    public override string FormatErrorMessage(string name) =>
        "addresses such as 10.0.0.1 and networks such as 10.0.0.0/8 or 2001:db8::/32, without bits beyond the prefix";

    /// <summary>Parses a network; a single address is a network of one. IPv4-mapped networks (<c>::ffff:10.0.0.0/104</c>) become IPv4.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        // IPAddress also accepts "10" and "0x7f.1", which are more likely mistakes here.
        if (IPAddress.TryParse(text, out var address) && (text.Contains(':') || text.AsSpan().Count('.') == 3) && !text.Contains('%'))
            network = new(address, address.GetAddressBytes().Length * 8);
        else if (!IPNetwork.TryParse(text, out network)
            || !IPAddress.TryParse(text.Split('/')[0], out address)
            || !network.BaseAddress.Equals(address)
            || (!text.Contains(':') && text.AsSpan().Count('.') != 3))
            return false;

        if (network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96)
            network = new(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96);
        return true;
    }
}
