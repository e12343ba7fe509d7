using System.Security.Cryptography;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>The trace context of a client (W3C Trace Context, section 3.2).</summary>
internal sealed record TraceContext(string TraceId, string SpanId, bool Sampled)
{
    public string Traceparent => $"00-{TraceId}-{SpanId}-{(Sampled ? "01" : "00")}";

    public static TraceContext Create(bool sampled = true) =>
        new(RandomNumberGenerator.GetHexString(32, lowercase: true), RandomNumberGenerator.GetHexString(16, lowercase: true), sampled);

    public static TraceContext Parse(string traceparent)
    {
        var parts = traceparent.Split('-');
        Assert.Equal(["00", "32", "16", "2"], [parts[0], .. parts[1..].Select(part => part.Length.ToString())]);
        return new(parts[1], parts[2], parts[3] == "01");
    }
}
