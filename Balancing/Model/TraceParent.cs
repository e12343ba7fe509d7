using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace AspireLB.Balancing.Model;

/// <summary>TraceParent reads and writes the field <c>traceparent</c> (W3C Trace Context, section 3.2).</summary>
internal static class TraceParent
{
    private const int Length = UnrecordedTrace.Length;

    /// <summary>Reads the client's trace.</summary>
    /// <returns>False if there is no valid one.</returns>
    public static bool TryRead(IHeaderDictionary headers, out ActivityContext parent)
    {
        if (headers.TraceParent is [{ Length: >= Length } text] && (text[2], text[35], text[52]) == ('-', '-', '-'))
        {
            var traceParent = IsLaterVersion(text) ? text[..Length] : text;
            var traceState = headers.TraceState is { Count: > 0 } state ? state.ToString() : null;
            return ActivityContext.TryParse(traceParent, traceState, isRemote: true, out parent);
        }

        parent = default;
        return false;
    }

    /// <summary>
    /// The id of the trace that a request belongs to: that of its span, or else the one that the backend is told of; null if there is none.
    /// </summary>
    public static string? TraceIdOf(HttpContext context)
    {
        if (Activity.Current is { } span)
            return span.TraceId.ToString();
        if (TryRead(context.Request.Headers, out var parent))
            return parent.TraceId.ToString();
        return context.Features.Get<IAttemptFeature>()?.UnrecordedTrace is { IsNone: false } unrecorded ? unrecorded.TraceId : null;
    }

    /// <summary>
    /// The field's value for a client's trace that the balancer does not record. The flag <c>sampled</c> may be cleared only together with a new span
    /// id.
    /// </summary>
    public static StringValues Unrecorded(ActivityTraceId trace, ReadOnlySpan<byte> spanId) =>
        $"00-{trace.ToHexString()}-{Convert.ToHexStringLower(spanId)}-00";

    /// <summary>Whether the value has a later version, which may append fields to those of version 00.</summary>
    private static bool IsLaterVersion(string text) =>
        text.Length > Length && text[Length] == '-' && !text.StartsWith("00", StringComparison.Ordinal);
}
