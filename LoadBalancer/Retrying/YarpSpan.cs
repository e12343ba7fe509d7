using System.Diagnostics;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>The span that YARP puts around the attempts of a request.</summary>
internal static class YarpSpan
{
    private static readonly string[] AddedByEachAttempt = ["proxy.route_id", "proxy.cluster_id", "proxy.destination_id"];

    /// <summary>
    /// Takes back what YARP's forwarder middleware added, before it adds it again: it reckons with one attempt. A key that occurs twice is not
    /// valid OTLP, and a collector may drop the span for it.
    /// </summary>
    public static void ForgetAttempt()
    {
        if (Activity.Current is not { IsAllDataRequested: true } span)
            return;

        foreach (var tag in AddedByEachAttempt)
            span.SetTag(tag, null);
    }
}
