using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Observing.Dashboards;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.Observing.Dashboards;

public partial class DashboardFilesTests
{
    /// <summary>Renew a file with <c>LoadBalancer dashboard</c> or <c>LoadBalancer alerts</c>.</summary>
    [Theory]
    [InlineData("deploy/observability/dashboard.json")]
    [InlineData("deploy/observability/alerts.yaml")]
    public void File_InTheRepository_IsWhatTheMetricsMakeOfIt(string file) =>
        Assert.Equal(Generated(file), File.ReadAllText(Repository.File(file)).TrimEnd('\n'));

    [Fact]
    public void Dashboard_IsJsonWithPanelsThatDoNotOverlap()
    {
        var panels = JsonNode.Parse(GrafanaDashboard.Print())!["panels"]!.AsArray();

        Assert.Equal(panels.Count, panels.Select(panel => $"{panel!["gridPos"]!["x"]},{panel["gridPos"]!["y"]}").Distinct().Count());
        Assert.All(panels, panel => Assert.NotEmpty((string)panel!["targets"]![0]!["expr"]!));
    }

    [Fact]
    public void Dashboard_ShowsEveryInstrument() =>
        Assert.All(Instruments.All, instrument => Assert.Contains(instrument.PrometheusName, GrafanaDashboard.Print()));

    [Fact]
    public void Documentation_TellsOfEveryInstrumentWhatTheCodeDoes()
    {
        var page = File.ReadAllText(Repository.File("docs/observability.md"));

        Assert.All(Instruments.All, instrument => Assert.Contains(
            $"| `{instrument.Name}` | {instrument.Kind.ToString().ToLowerInvariant()} | {instrument.Unit} | {instrument.Description} |",
            page));
    }

    [Fact]
    public void Queries_NameOnlyMetricsThatThereAre()
    {
        var known = Instruments.All.SelectMany(
            instrument =>
                instrument.Kind == InstrumentKind.Histogram ? [instrument.PrometheusName + "_bucket"] : new[] { instrument.PrometheusName });
        var labels = new[] { Query.Cluster, Query.Backend, Query.Outcome, Query.State };
        var used = Names().Matches(GrafanaDashboard.Print() + AlertRules.Print()).Select(match => match.Value).Distinct();

        Assert.Empty(used.Except(known).Except(labels));
    }

    private static string Generated(string file) => file.EndsWith(".json") ? GrafanaDashboard.Print() : AlertRules.Print();

    [GeneratedRegex("aspirelb_[a-z_]+")]
    private static partial Regex Names();
}
