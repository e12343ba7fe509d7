using System.Diagnostics;
using System.Net.Http.Headers;
using AspireLB.Balancing.Model;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>
/// TraceFields writes the trace context of the attempt's span, or of a trace that is not recorded (W3C Trace Context). Without either the request's
/// own fields pass. <c>baggage</c> always passes.
/// </summary>
internal static class TraceFields
{
    /// <summary>Whether this field is written for the span and replaces the client's.</summary>
    public static bool Replaces(string name) => name.Length switch
    {
        11 => name.Equals(HeaderNames.TraceParent, StringComparison.OrdinalIgnoreCase),
        10 => name.Equals(HeaderNames.TraceState, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    public static void Write(ref ByteWriter writer, Activity span)
    {
        if (span.IdFormat != ActivityIdFormat.W3C)
            return;

        writer.Write("traceparent: "u8);
        writer.Write(span.Id);
        if (StateOf(span) is { } state)
        {
            writer.Write("\r\ntracestate: "u8);
            writer.Write(state);
        }

        writer.Write("\r\n"u8);
    }

    public static void Write(ref ByteWriter writer, UnrecordedTrace trace)
    {
        writer.Write("traceparent: "u8);
        trace.Write(writer.Room(UnrecordedTrace.Length));
        writer.Advance(UnrecordedTrace.Length);
        writer.Write("\r\n"u8);
    }

    /// <summary>Sets the fields on a request that YARP's forwarder sends.</summary>
    public static void Set(HttpRequestHeaders headers, Activity span)
    {
        headers.Remove(HeaderNames.TraceParent);
        headers.Remove(HeaderNames.TraceState);
        if (span.IdFormat != ActivityIdFormat.W3C)
            return;

        headers.TryAddWithoutValidation(HeaderNames.TraceParent, span.Id);
        if (StateOf(span) is { } state)
            headers.TryAddWithoutValidation(HeaderNames.TraceState, state);
    }

    private static string? StateOf(Activity span) =>
        span.TraceStateString is { Length: > 0 } state && !state.AsSpan().ContainsAny('\r', '\n', '\0') ? state : null;
}
