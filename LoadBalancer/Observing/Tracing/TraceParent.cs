using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace AspireLB.LoadBalancer.Observing.Tracing;

/// <summary>The field <c>traceparent</c> (W3C Trace Context, section 3.2).</summary>
internal static class TraceParent
{
    /// <summary>Bytes of a trace id and of a span id behind it.</summary>
    public const int IdBytes = 24;

    private const int TraceIdBytes = 16;
    private const int Length = 55;

    /// <summary>The client's trace. False where there is none, or none that is valid.</summary>
    public static bool TryRead(IHeaderDictionary headers, out ActivityContext parent)
    {
        if (headers.TraceParent is [{ Length: >= Length } text] && (text[2], text[35], text[52]) == ('-', '-', '-'))
            return ActivityContext.TryParse(IsOfLaterVersion(text) ? text[..Length] : text, headers.TraceState is { Count: > 0 } state ? state.ToString() : null, isRemote: true, out parent);

        parent = default;
        return false;
    }

    /// <summary>The trace that a request is part of: its span's, or else the one that the backend is told of. Null where it is part of none.</summary>
    public static string? TraceIdOf(HttpContext context) =>
        Activity.Current?.TraceId.ToString() ?? (TryRead(context.Request.Headers, out var told) ? told.TraceId.ToString() : null);

    /// <summary>A trace that nobody records, with a span that nobody hears of.</summary>
    public static StringValues Unrecorded(ReadOnlySpan<byte> ids) => string.Create(Length, ids, static (text, ids) =>
    {
        Begin(text);
        Convert.TryToHexStringLower(ids[..TraceIdBytes], text[3..], out _);
        End(text, ids[TraceIdBytes..]);
    });

    /// <summary>The client's trace, which the client records and the balancer does not: the flag is not changed without another span id.</summary>
    public static StringValues Unrecorded(ActivityTraceId trace, ReadOnlySpan<byte> spanId)
    {
        Span<char> text = stackalloc char[Length];
        Begin(text);
        trace.ToHexString().CopyTo(text[3..]);
        End(text, spanId);
        return new string(text);
    }

    /// <summary>A version to come may have more after what this one has.</summary>
    private static bool IsOfLaterVersion(string text) => text.Length > Length && text[Length] == '-' && !text.StartsWith("00", StringComparison.Ordinal);

    private static void Begin(Span<char> text) => "00-".CopyTo(text);

    private static void End(Span<char> text, ReadOnlySpan<byte> spanId)
    {
        text[35] = '-';
        Convert.TryToHexStringLower(spanId, text[36..], out _);
        "-00".CopyTo(text[52..]);
    }
}
