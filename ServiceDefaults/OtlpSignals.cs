using Microsoft.Extensions.Configuration;

namespace AspireLB.ServiceDefaults;

/// <summary>
/// Decides from the standard variables which signals are exported: a signal is on if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or its own
/// <c>OTEL_EXPORTER_OTLP_…_ENDPOINT</c> is set, unless <c>OTEL_…_EXPORTER</c> is <c>none</c> or <c>OTEL_SDK_DISABLED</c> is <c>true</c>.
/// </summary>
internal readonly record struct OtlpSignals(bool Traces, bool Metrics, bool Logs)
{
    public bool Any => Traces || Metrics || Logs;

    public static OtlpSignals From(IConfiguration configuration)
    {
        return Is("OTEL_SDK_DISABLED", "true") ? default : new(IsOn("TRACES"), IsOn("METRICS"), IsOn("LOGS"));

        bool IsOn(string signal) =>
            (Has("OTEL_EXPORTER_OTLP_ENDPOINT") || Has($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")) && !Is($"OTEL_{signal}_EXPORTER", "none");
        bool Has(string key) => !string.IsNullOrWhiteSpace(configuration[key]);
        bool Is(string key, string value) => value.Equals(configuration[key]?.Trim(), StringComparison.OrdinalIgnoreCase);
    }
}
