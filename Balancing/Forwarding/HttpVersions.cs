using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>Reads a cluster's version and version policy.</summary>
internal static class HttpVersions
{
    /// <summary>Whether the cluster's requests may go out as HTTP/1.1, which the policy can rule out.</summary>
    public static bool AllowsHttp1(ForwarderRequestConfig config) =>
        config.Version is null or { Major: 1 } || config.VersionPolicy is null or HttpVersionPolicy.RequestVersionOrLower;
}
