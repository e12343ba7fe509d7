using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Observing.Dashboards;

/// <summary>Generates a Grafana dashboard from the metrics' definitions.</summary>
internal static class GrafanaDashboard
{
    private const int Columns = 24;
    private const int Width = 12;
    private const int Height = 8;
    private const string Window = "$__rate_interval";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Panel[] Panels =
    [
        new("Requests by status", "reqps",
            [new($"sum by (http_response_status_code) (rate({Query.Requests}_count[{Window}]))", "{{http_response_status_code}}")]),
        new("5xx responses", "percentunit", [new(Query.ErrorRatio(Window), "errors")]),
        new("Time to serve a request", "s", [.. Quantiles(Query.Requests)]),
        new("Time to a backend's response head, p95", "s",
            [new(Query.Quantile(0.95, Instruments.AttemptDuration.PrometheusName, Window, Query.Backend), Legend(Query.Backend))]),
        Rates("Picks by backend", Instruments.Picks, Query.Backend),
        Rates("Failed attempts by backend", Instruments.Failures, Query.Backend),
        Rates("Attempts by outcome", Instruments.Attempts, Query.Outcome),
        Rates("Retries by backend that failed", Instruments.Retries, Query.Backend),
        Rates("Hedges by outcome", Instruments.Hedges, Query.Outcome),
        Gauges("Backends by state", Instruments.BackendState, Query.State),
        Gauges("Available backends", Instruments.Available, Query.Cluster),
        Gauges("In flight by backend", Instruments.InFlight, Query.Backend),
        Gauges("Requests waiting", Instruments.QueueLength, Query.Cluster),
        new("Time waited for a slot, p95", "s",
            [new(Query.Quantile(0.95, Instruments.QueueWait.PrometheusName, Window, Query.Outcome), Legend(Query.Outcome))]),
        Gauges("Retry budget left", Instruments.RetryBudget, Query.Cluster),
        Gauges("Weight in effect", Instruments.BackendWeight, Query.Backend),
        Rates("Ejections", Instruments.Ejections, Query.Backend),
        new("Connections to backends", "short",
        [
            new(Query.Sum(Instruments.ConnectionsOpen, Query.Backend), $"{Legend(Query.Backend)} open"),
            new(Query.Sum(Instruments.ConnectionsIdle, Query.Backend), $"{Legend(Query.Backend)} idle"),
        ]),
        Rates("Connections opened", Instruments.ConnectionsCreated, Query.Backend),
        new("Connections of clients", "short",
        [
            new($"sum({Instruments.ConnectionsClients.PrometheusName})", "connections"),
            new($"sum({Instruments.ConnectionsLimit.PrometheusName})", "limit"),
        ]),
        new("Pauses in accepting", "cps", [new($"sum(rate({Instruments.ConnectionsPauses.PrometheusName}[{Window}]))", "pauses")]),
        Rates("Configuration changes", Instruments.Reloads, Query.Outcome),
        new("Access log lines dropped", "cps", [new($"sum(rate({Instruments.AccessLogDropped.PrometheusName}[{Window}]))", "dropped")]),
        new("Latest configuration in effect", "bool", [new($"min({Instruments.ConfigurationValid.PrometheusName})", "in effect")]),
    ];

    public static string Print() => Build().ToJsonString(Json);

    private static JsonObject Build() => new()
    {
        ["title"] = "AspireLB",
        ["uid"] = "aspirelb",
        ["schemaVersion"] = 39,
        ["editable"] = true,
        ["refresh"] = "10s",
        ["time"] = new JsonObject { ["from"] = "now-30m", ["to"] = "now" },
        ["templating"] = new JsonObject
        {
            ["list"] = new JsonArray(new JsonObject
            {
                ["name"] = "source",
                ["label"] = "Data source",
                ["type"] = "datasource",
                ["query"] = "prometheus",
            }),
        },
        ["panels"] = new JsonArray([.. Panels.Index().Select(panel => Render(panel.Item, panel.Index))]),
    };

    private static JsonNode Render(Panel panel, int index) => new JsonObject
    {
        ["id"] = index + 1,
        ["type"] = "timeseries",
        ["title"] = panel.Title,
        ["datasource"] = new JsonObject { ["type"] = "prometheus", ["uid"] = "${source}" },
        ["gridPos"] = new JsonObject { ["x"] = index * Width % Columns, ["y"] = index * Width / Columns * Height, ["w"] = Width, ["h"] = Height },
        ["fieldConfig"] = new JsonObject { ["defaults"] = new JsonObject { ["unit"] = panel.Unit, ["min"] = 0 }, ["overrides"] = new JsonArray() },
        ["targets"] = new JsonArray([.. panel.Targets.Index().Select(target => new JsonObject
        {
            ["refId"] = ((char)('A' + target.Index)).ToString(),
            ["expr"] = target.Item.Expression,
            ["legendFormat"] = target.Item.Legend,
        })]),
    };

    private static IEnumerable<Target> Quantiles(string histogram) =>
        new[] { 0.5, 0.95, 0.99 }.Select(quantile =>
            new Target(Query.Quantile(quantile, histogram, Window), FormattableString.Invariant($"p{quantile * 100}")));

    private static Panel Rates(string title, InstrumentDefinition counter, string by) =>
        new(title, "cps", [new(Query.Rate(counter, Window, by), Legend(by))]);

    private static Panel Gauges(string title, InstrumentDefinition gauge, string by) =>
        new(title, "short", [new(Query.Sum(gauge, by), Legend(by))]);

    private static string Legend(string label) => $"{{{{{label}}}}}";

    private sealed record Panel(string Title, string Unit, IReadOnlyList<Target> Targets);

    private sealed record Target(string Expression, string Legend);
}
