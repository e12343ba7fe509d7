using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Observing.Dashboards;

/// <summary>Builds PromQL queries. Names and labels come from the instruments' definitions, so renaming an instrument can't break a query.</summary>
internal static class Query
{
    /// <summary>ASP.NET Core's histogram of client requests.</summary>
    public const string Requests = "http_server_request_duration_seconds";

    public static readonly string Cluster = Label(TelemetryNames.ClusterTag);
    public static readonly string Backend = Label(TelemetryNames.BackendTag);
    public static readonly string Outcome = Label(TelemetryNames.OutcomeTag);
    public static readonly string State = Label(TelemetryNames.StateTag);

    public static string Rate(InstrumentDefinition counter, string window, string by, string? where = null) =>
        $"sum by ({by}) (rate({Select(counter.PrometheusName, where)}[{window}]))";

    public static string Sum(InstrumentDefinition gauge, string by, string? where = null) => $"sum by ({by}) ({Select(gauge.PrometheusName, where)})";

    public static string Quantile(double quantile, string histogram, string window, string? by = null) =>
        FormattableString.Invariant(
            $"histogram_quantile({quantile}, sum by ({(by is null ? "le" : $"le, {by}")}) (rate({histogram}_bucket[{window}])))");

    /// <summary>Share of client requests with a response status of 500 or above.</summary>
    public static string ErrorRatio(string window) =>
        $$"""(sum(rate({{Requests}}_count{http_response_status_code=~"5.."}[{{window}}])) or vector(0)) / """
        + $"sum(rate({Requests}_count[{window}]))";

    private static string Select(string name, string? where) => where is null ? name : $"{name}{{{where}}}";

    private static string Label(string tag) => tag.Replace('.', '_');
}
