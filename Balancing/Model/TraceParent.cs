using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace AspireLB.Balancing.Model;

/// <summary>The field <c>traceparent</c> (W3C Trace Context, section 3.2).</summary>
internal static class TraceParent
{
    private const int Length = UnrecordedTrace.Length;

    /// <summary>The client's trace. False where there is none, or none that is valid.</summary>
    public static bool TryRead(IHeaderDictionary headers, out ActivityContext parent)
    {
        if (headers.TraceParent is [{ Length: >= Length } text] && (text[2], text[35], text[52]) == ('-', '-', '-'))
            return ActivityContext.TryParse(IsOfLaterVersion(text) ? text[..Length] : text, headers.TraceState is { Count: > 0 } state ? state.ToString() : null, isRemote: true, out parent);

        parent = default;
        return false;
    }

    /// <summary>The trace that a request is part of: its span's, or else the one that the backend is told of. Null where it is part of none.</summary>
    public static string? TraceIdOf(HttpContext context)
    {
        if (Activity.Current is { } span)
            return span.TraceId.ToString();
        if (TryRead(context.Request.Headers, out var told))
            return told.TraceId.ToString();
        return context.Features.Get<IAttemptFeature>()?.UnrecordedTrace is { IsNone: false } unrecorded ? unrecorded.TraceId : null;
    }

    /// <summary>The client's trace, which the client records and the balancer does not: the flag is not changed without another span id.</summary>
    public static StringValues Unrecorded(ActivityTraceId trace, ReadOnlySpan<byte> spanId) =>
        $"00-{trace.ToHexString()}-{Convert.ToHexStringLower(spanId)}-00";

    /// <summary>A version to come may have more after what this one has.</summary>
    private static bool IsOfLaterVersion(string text) => text.Length > Length && text[Length] == '-' && !text.StartsWith("00", StringComparison.Ordinal);
}
