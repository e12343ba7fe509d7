namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>
/// A client sees the same through AspireLB's data path as through YARP's own forwarder, except for differences in docs/data-path.md.
/// </summary>
public class DifferentialTests(Paths paths) : IClassFixture<Paths>
{
    private const string Document = "docs/data-path.md";

    public static TheoryData<string, DataPath> Names =>
        [.. Scenarios.All.SelectMany(scenario => new[] { (scenario.Name, DataPath.Sockets), (scenario.Name, DataPath.EventLoops) })];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario_ThroughOurPathAndYarps_LooksTheSameToTheClient(string name, DataPath path)
    {
        var scenario = Scenarios.All.Single(scenario => scenario.Name == name);
        var (stock, ours) = (paths.Result(scenario, DataPath.Yarp), paths.Result(scenario, path));

        Assert.DoesNotContain(Paths.NoResult, stock + ours);
        if (scenario.Differs is null)
        {
            Assert.Equal(stock, ours);
            return;
        }

        Assert.NotEqual(stock, ours);
        Assert.Contains(scenario.Ours!, ours);
    }

    [Fact]
    public void Scenarios_AreManyAndNamedOnce()
    {
        Assert.True(Scenarios.All.Count >= 80, $"{Scenarios.All.Count} scenarios");
        Assert.Distinct(Scenarios.All.Select(scenario => scenario.Name));
    }

    [Fact]
    public void Differences_AreThoseOfTheDocument()
    {
        // | key | … | in the table of differences.
        var documented = File.ReadLines(Repository.File(Document)).SkipWhile(line => !line.StartsWith(
            "| difference |",
            StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|')[1].Trim());

        Assert.Equal(documented.Order(), Scenarios.All.Select(scenario => scenario.Differs).OfType<string>().Distinct().Order());
    }
}
