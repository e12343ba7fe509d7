using System.Text;
using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Observing.Dashboards;

/// <summary>Generates Prometheus alert rules from the metrics' definitions. Rules on symptoms that clients notice page; the others warn.</summary>
internal static class AlertRules
{
    private const string Window = "5m";

    private static readonly Rule[] Rules =
    [
        new("AspireLBNoBackendAvailable", $"{Instruments.Available.PrometheusName} == 0", "30s", "critical",
            Label(Query.Cluster) + " has no available backend"),
        new("AspireLBErrorRatioHigh", $"{Query.ErrorRatio(Window)} > 0.05", "2m", "critical",
            "{{ $value | humanizePercentage }} of the responses are 5xx"),
        new("AspireLBBackendDown",
            $"max by ({Query.Cluster}, {Query.Backend}) ({Instruments.BackendState.PrometheusName}{{{Query.State}=~\"unhealthy|ejected\"}}) == 1",
            "1m", "warning",
            $"{Label(Query.Backend)} of {Label(Query.Cluster)} is down"),
        new("AspireLBRetryBudgetSpent", $"{Instruments.RetryBudget.PrometheusName} < 1", "1m", "warning",
            $"{Label(Query.Cluster)} has no retries left: failures reach the clients"),
        new("AspireLBRequestsWait", $"{Instruments.QueueLength.PrometheusName} > 0", "2m", "warning",
            $$$"""{{ $value }} requests wait for a slot in {{{Label(Query.Cluster)}}}"""),
        new("AspireLBEjections",
            $"sum by ({Query.Cluster}, {Query.Backend}) (increase({Instruments.Ejections.PrometheusName}[15m])) > 3",
            "0s", "warning",
            $"{Label(Query.Backend)} of {Label(Query.Cluster)} is ejected repeatedly"),
        new("AspireLBConfigurationRefused", $"{Instruments.ConfigurationValid.PrometheusName} == 0", "1m", "warning",
            "the latest configuration has errors, an older one is in effect; the log says which"),
    ];

    public static string Print()
    {
        var text = new StringBuilder("groups:\n  - name: aspirelb\n    rules:");
        foreach (var rule in Rules)
        {
            text.Append("\n      - alert: ").Append(rule.Name)
                .Append("\n        expr: ").Append(Quoted(rule.Expression))
                .Append("\n        for: ").Append(rule.For)
                .Append("\n        labels:\n          severity: ").Append(rule.Severity)
                .Append("\n        annotations:\n          summary: ").Append(Quoted(rule.Summary));
        }

        return text.ToString();
    }

    private static string Label(string label) => $$$$"""{{ $labels.{{{{label}}}} }}""";

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private sealed record Rule(string Name, string Expression, string For, string Severity, string Summary);
}
