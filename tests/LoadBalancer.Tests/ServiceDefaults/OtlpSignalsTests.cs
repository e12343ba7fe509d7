using AspireLB.ServiceDefaults;
using Microsoft.Extensions.Configuration;

namespace AspireLB.LoadBalancer.Tests.ServiceDefaults;

public class OtlpSignalsTests
{
    private const string Endpoint = "http://localhost:4317";

    [Fact]
    public void From_NothingConfigured_AllOff() => Assert.False(Create().Any);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void From_BlankEndpoint_AllOff(string endpoint) => Assert.False(Create(("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)).Any);

    [Fact]
    public void From_GeneralEndpoint_AllOn() => Assert.Equal(new(true, true, true), Create(("OTEL_EXPORTER_OTLP_ENDPOINT", Endpoint)));

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", true, false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", false, true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", false, false, true)]
    public void From_EndpointOfOneSignal_OnlyThatOneOn(string key, bool traces, bool metrics, bool logs)
        => Assert.Equal(new(traces, metrics, logs), Create((key, Endpoint)));

    [Theory]
    [InlineData("OTEL_TRACES_EXPORTER", false, true, true)]
    [InlineData("OTEL_METRICS_EXPORTER", true, false, true)]
    [InlineData("OTEL_LOGS_EXPORTER", true, true, false)]
    public void From_ExporterNone_ThatSignalOff(string key, bool traces, bool metrics, bool logs)
        => Assert.Equal(new(traces, metrics, logs), Create(("OTEL_EXPORTER_OTLP_ENDPOINT", Endpoint), (key, "none")));

    [Theory]
    [InlineData("true", false)]
    [InlineData(" TRUE ", false)]
    [InlineData("false", true)]
    [InlineData("1", true)] // the specification knows only "true"
    public void From_SdkDisabled_AllOff(string value, bool on)
        => Assert.Equal(on, Create(("OTEL_EXPORTER_OTLP_ENDPOINT", Endpoint), ("OTEL_SDK_DISABLED", value)).Any);

    private static OtlpSignals Create(params (string Key, string Value)[] variables)
        => OtlpSignals.From(new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(v => v.Key, v => (string?)v.Value)).Build());
}
