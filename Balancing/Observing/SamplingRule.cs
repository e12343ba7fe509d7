using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// Which requests are traced, by <c>OTEL_TRACES_SAMPLER</c> and <c>OTEL_TRACES_SAMPLER_ARG</c>
/// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration). It says what OpenTelemetry's SDK
/// says when it is asked for a span, but needs no span to say it.
/// </summary>
/// <param name="FollowsParent">Whether a request that is part of a trace is traced if its client says so.</param>
/// <param name="Bound">Traces whose number is below are traced.</param>
internal readonly record struct SamplingRule(bool FollowsParent, ulong Bound)
{
    private const ulong All = ulong.MaxValue;
    private const ulong None = 0;

    // A trace's number is of 63 bits.
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

    /// <summary>Whether a trace is recorded that begins with this request.</summary>
    /// <param name="traceId">Its 16 bytes.</param>
    public bool IsSampled(ReadOnlySpan<byte> traceId) => Bound == All || NumberOf(traceId) < Bound;

    /// <summary>Whether a request is recorded that is part of this trace.</summary>
    public bool IsSampled(ActivityContext parent)
    {
        if (FollowsParent)
            return parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);

        Span<byte> traceId = stackalloc byte[16];
        parent.TraceId.CopyTo(traceId);
        return IsSampled(traceId);
    }

    /// <summary>A number of a trace that is not recorded, so that whoever decides by the same rule leaves it out too; never 0.</summary>
    /// <param name="random">Any number.</param>
    public ulong NumberNotSampled(ulong random)
    {
        var first = Math.Clamp(Bound, 1, Numbers - 1);
        return first + (random % (Numbers - first));
    }

    private static ulong NumberOf(ReadOnlySpan<byte> traceId) => BinaryPrimitives.ReadUInt64BigEndian(traceId) & long.MaxValue;

    private static ulong BoundOf(IConfiguration configuration) =>
        double.TryParse(configuration["OTEL_TRACES_SAMPLER_ARG"], CultureInfo.InvariantCulture, out var ratio) && ratio < 1 ? (ulong)(Math.Max(0, ratio) * long.MaxValue) : long.MaxValue;
}
