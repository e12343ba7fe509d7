using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// SamplingRule decides which requests are traced, by <c>OTEL_TRACES_SAMPLER</c> and <c>OTEL_TRACES_SAMPLER_ARG</c>
/// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration). It decides as OpenTelemetry's SDK
/// does, but without creating a span.
/// </summary>
/// <param name="FollowsParent">Whether the client decides for a request that is part of a trace.</param>
/// <param name="Bound">Traces with a lower number are recorded.</param>
internal readonly record struct SamplingRule(bool FollowsParent, ulong Bound)
{
    private const ulong All = ulong.MaxValue;
    private const ulong None = 0;

    // A trace's number has 63 bits.
    private const ulong Numbers = 1UL << 63;

    public static SamplingRule From(IConfiguration configuration) => configuration["OTEL_TRACES_SAMPLER"]?.ToLowerInvariant() switch
    {
        "always_on" => new(false, All),
        "always_off" => new(false, None),
        "traceidratio" => new(false, BoundOf(configuration)),
        "parentbased_always_off" => new(true, None),
        "parentbased_traceidratio" => new(true, BoundOf(configuration)),
        _ => new(true, All),
    };

    /// <summary>Whether to record a trace that begins with this request.</summary>
    /// <param name="traceId">The 16 bytes of the trace's id.</param>
    public bool IsSampled(ReadOnlySpan<byte> traceId) => Bound == All || NumberOf(traceId) < Bound;

    /// <summary>Whether to record a request that is part of this trace.</summary>
    public bool IsSampled(ActivityContext parent)
    {
        if (FollowsParent)
            return parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);

        Span<byte> traceId = stackalloc byte[16];
        parent.TraceId.CopyTo(traceId);
        return IsSampled(traceId);
    }

    /// <summary>
    /// Returns the number of a trace that is not recorded, so that a process with the same rule does not record it either; never 0.
    /// </summary>
    /// <param name="random">Any number.</param>
    public ulong NumberNotSampled(ulong random)
    {
        var first = Math.Clamp(Bound, 1, Numbers - 1);
        return first + (random % (Numbers - first));
    }

    private static ulong NumberOf(ReadOnlySpan<byte> traceId) => BinaryPrimitives.ReadUInt64BigEndian(traceId) & long.MaxValue;

    private static ulong BoundOf(IConfiguration configuration) =>
        double.TryParse(configuration["OTEL_TRACES_SAMPLER_ARG"], CultureInfo.InvariantCulture, out var ratio) && ratio < 1
            ? (ulong)(Math.Max(0, ratio) * long.MaxValue)
            : long.MaxValue;
}
