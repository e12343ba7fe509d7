using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>HttpVersions interprets a cluster's HTTP version and version policy.</summary>
internal static class HttpVersions
{
    /// <summary>Whether the cluster's requests may be sent as HTTP/1.1; the policy can rule it out.</summary>
    public static bool AllowsHttp1(ForwarderRequestConfig config) =>
        config.Version is null or { Major: 1 } || config.VersionPolicy is null or HttpVersionPolicy.RequestVersionOrLower;
}
