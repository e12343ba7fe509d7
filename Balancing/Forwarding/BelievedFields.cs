using System.Net.Http.Headers;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// BelievedFields restores the <c>X-Forwarded-*</c> values of a trusted proxy, which YARP's default transforms replace for every peer. Values that a
/// route's own transforms have set stay.
/// </summary>
internal static class BelievedFields
{
    private const string For = "X-Forwarded-For";
    private static readonly string[] Others = ["X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix"];

    public static void Restore(HttpContext context, HttpRequestHeaders request)
    {
        if (context.Features.Get<ITrustedPeerFeature>() is null || context.Connection.RemoteIpAddress is not { } peer)
            return;

        var peerText = (peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer).ToString();
        if (!request.TryGetValues(For, out var values) || string.Join(',', values) != peerText)
            return;

        if (context.Request.Headers[For] is { Count: > 0 } claimed)
            Set(request, For, $"{string.Join(", ", claimed.ToArray())}, {peerText}");
        foreach (var name in Others)
        {
            if (context.Request.Headers[name] is { Count: > 0 } value)
                Set(request, name, string.Join(", ", value.ToArray()));
        }
    }

    private static void Set(HttpRequestHeaders request, string name, string value)
    {
        request.Remove(name);
        request.TryAddWithoutValidation(name, value);
    }
}
