using System.Diagnostics;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace AspireLB.LoadBalancer.Tests.Balancing.Observing;

/// <summary>Compares the rule with OpenTelemetry's SDK for the same variables and the same traces.</summary>
public class SamplingRuleTests
{
    private const int Traces = 5000;

    public static TheoryData<string?, string?> Variables => new()
    {
        { null, null },
        { "", "" },
        { "always_on", null },
        { "always_off", "1" },
        { "Always_Off", null },
        { "traceidratio", "0.25" },
        { "TraceIdRatio", "0.01" },
        { "traceidratio", "0" },
        { "traceidratio", "1" },
        { "traceidratio", "1.0e-1" },
        { "traceidratio", null },
        { "traceidratio", "often" },
        { "parentbased_always_on", null },
        { "parentbased_always_off", null },
        { "parentbased_traceidratio", "0.5" },
        { "parentbased_traceidratio", "0.01" },
        { "parentbased_traceidratio", "0" },
        { "parentbased_traceidratio", null },
        { "unheard_of", "0.5" },
    };

    [Theory]
    [MemberData(nameof(Variables))]
    public void IsSampled_TraceBeginsHere_MatchesTheSdk(string? sampler, string? argument)
    {
        using var sdk = new Asked(sampler, argument);

        for (var i = 0; i < Traces; i++)
        {
            using var span = sdk.Start(default)!;
            var sampled = sdk.Rule.IsSampled(BytesOf(span.TraceId));
            Assert.True(sampled == span.Recorded, $"{span.TraceId}: {sampled}");
        }
    }

    [Theory]
    [MemberData(nameof(Variables))]
    public void IsSampled_ClientsTrace_MatchesTheSdk(string? sampler, string? argument)
    {
        using var sdk = new Asked(sampler, argument);

        foreach (var trace in Edges().Concat(Enumerable.Range(0, Traces).Select(_ => ActivityTraceId.CreateRandom())))
        {
            foreach (var flags in new[] { ActivityTraceFlags.None, ActivityTraceFlags.Recorded })
            {
                var client = new ActivityContext(trace, ActivitySpanId.CreateRandom(), flags, traceState: null, isRemote: true);
                using var span = sdk.Start(client)!;
                Assert.True(sdk.Rule.IsSampled(client) == span.Recorded, $"{trace} {flags}: {sdk.Rule.IsSampled(client)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variables))]
    public void IsSampled_TraceThatItBegins_SdkRecordsItAsARoot(string? sampler, string? argument)
    {
        using var sdk = new Asked(sampler, argument);

        var traces = Enumerable.Range(0, Traces).Select(_ => ActivityTraceId.CreateRandom());
        foreach (var trace in traces.Where(trace => sdk.Rule.IsSampled(BytesOf(trace))))
        {
            using var span = sdk.Start(new(trace, default, ActivityTraceFlags.Recorded));
            Assert.Equal((trace, true, default), (span!.TraceId, span.Recorded, span.ParentSpanId));
        }
    }

    [Theory]
    [MemberData(nameof(Variables))]
    public void NumberNotSampled_NotAllSampled_IsOfATraceThatIsNotSampled(string? sampler, string? argument)
    {
        var rule = SamplingRule.From(Configuration(sampler, argument));
        if (rule.Bound >= long.MaxValue)
            return; // all are

        var edges = new ulong[] { 0, 1, rule.Bound, rule.Bound - 1, long.MaxValue, ulong.MaxValue };
        var numbers = Enumerable.Range(0, Traces).Select(_ => BitConverter.ToUInt64(BytesOf(ActivityTraceId.CreateRandom())));
        foreach (var random in edges.Concat(numbers))
        {
            var trace = ActivityTraceId.CreateFromString(new UnrecordedTrace(rule.NumberNotSampled(random)).TraceId);
            Assert.False(rule.IsSampled(BytesOf(trace)), $"{random}: {trace}");
        }
    }

    [Fact]
    public void IsSampled_OneInAHundred_SamplesThatShare()
    {
        var rule = SamplingRule.From(Configuration("traceidratio", "0.01"));

        var sampled = Enumerable.Range(0, 100_000).Count(_ => rule.IsSampled(BytesOf(ActivityTraceId.CreateRandom())));

        Assert.InRange(sampled, 800, 1200); // six standard deviations
    }

    private static IEnumerable<ActivityTraceId> Edges() =>
        from half in new[]
        {
            "0000000000000000", "0000000000000001", "7fffffffffffffff", "7ffffffffffffffe",
            "8000000000000001", "ffffffffffffffff", "1fffffffffffffff", "2000000000000000",
        }
        select ActivityTraceId.CreateFromString(half + "0000000000000001");

    private static byte[] BytesOf(ActivityTraceId trace)
    {
        var bytes = new byte[16];
        trace.CopyTo(bytes);
        return bytes;
    }

    private static IConfiguration Configuration(string? sampler, string? argument) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["OTEL_TRACES_SAMPLER"] = sampler, ["OTEL_TRACES_SAMPLER_ARG"] = argument }).Build();

    private sealed class Asked : IDisposable
    {
        private readonly ActivitySource _source = new($"sampling-{Guid.NewGuid()}");
        private readonly TracerProvider _sdk;

        public Asked(string? sampler, string? argument)
        {
            Activity.Current = null;
            Rule = SamplingRule.From(Configuration(sampler, argument));
            _sdk = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(Configuration(sampler, argument)))
                .AddSource(_source.Name)
                .Build();
        }

        public SamplingRule Rule { get; }

        public Activity? Start(ActivityContext parent) => _source.StartActivity("GET", ActivityKind.Server, parent);

        public void Dispose()
        {
            _sdk.Dispose();
            _source.Dispose();
        }
    }
}
