using AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>Attributes by key, with values as text; a missing one is null. A duplicate key is an error, as in OTLP.</summary>
internal sealed class Tags(RepeatedField<KeyValue> attributes)
{
    private readonly Dictionary<string, string> _values = attributes.ToDictionary(a => a.Key, a => Text(a.Value));

    public string? this[string key] => _values.GetValueOrDefault(key);

    public IEnumerable<string> Keys => _values.Keys;

    public override string ToString() => string.Join(", ", _values.Select(tag => $"{tag.Key}={tag.Value}"));

    public static string Text(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(),
        _ => "",
    };
}

/// <summary>A span; ids are lower-case hex, or empty if missing.</summary>
internal sealed record ReceivedSpan(Tags Resource, string Source, Span Span)
{
    public string TraceId { get; } = Hex(Span.TraceId);
    public string SpanId { get; } = Hex(Span.SpanId);
    public string ParentSpanId { get; } = Hex(Span.ParentSpanId);
    public string Name => Span.Name;
    public Span.Types.SpanKind Kind => Span.Kind;
    public Tags Tags { get; } = new(Span.Attributes);

    public override string ToString() => $"span {Source}/{Name} {Kind} {TraceId}/{SpanId} of {ParentSpanId} [{Tags}]";

    internal static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}

/// <summary>
/// One point of a metric, as last exported: <paramref name="Count"/> of a histogram's recordings, <paramref name="Value"/> its sum or the number.
/// </summary>
internal sealed record ReceivedPoint(
    Tags Resource,
    string Meter,
    string Name,
    string Unit,
    double Value,
    ulong Count,
    Tags Tags,
    RepeatedField<Exemplar> Exemplars)
{
    /// <summary>The traces of its exemplars.</summary>
    public IEnumerable<string> ExemplarTraces => Exemplars.Select(exemplar => ReceivedSpan.Hex(exemplar.TraceId));

    public override string ToString() => $"point {Meter}/{Name} = {Value} {Unit} (count {Count}) [{Tags}]";
}

/// <summary>A log record; <paramref name="Category"/> is the logger's.</summary>
internal sealed record ReceivedLog(Tags Resource, string Category, LogRecord Record)
{
    public string TraceId { get; } = ReceivedSpan.Hex(Record.TraceId);
    public string SpanId { get; } = ReceivedSpan.Hex(Record.SpanId);
    public string Body => Tags.Text(Record.Body);
    public Tags Tags { get; } = new(Record.Attributes);

    public override string ToString() => $"log {Category} {Record.SeverityText} {TraceId}/{SpanId} {Body}";
}
