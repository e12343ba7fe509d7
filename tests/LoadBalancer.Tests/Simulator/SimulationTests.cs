using AspireLB.LoadBalancer.Simulator;
using AspireLB.LoadBalancer.Simulator.Scenarios;

namespace AspireLB.LoadBalancer.Tests.Simulator;

/// <summary>What docs/measurements/simulations.md says, in kind; a shorter run than the one there.</summary>
public class SimulationTests
{
    private const int Seed = 3;

    [Fact]
    public void RetryStorm_Budget_BoundsAttemptsAndLetsTheClusterRecover()
    {
        var rows = RetryStorm.Run(Seed, fault: TimeSpan.FromSeconds(3), after: TimeSpan.FromSeconds(20)).ToDictionary(row => row.Retries);

        // The floor of 10 retries/s over the window of 10 s comes on top where it is more than the share.
        Assert.All([("none", 0.0), ("budget 10 %", 0.1), ("budget 20 % (default)", 0.2), ("budget 50 %", 0.5)], limit =>
            Assert.InRange(rows[limit.Item1].Attempts, rows[limit.Item1].Requests, (rows[limit.Item1].Requests * (1 + limit.Item2)) + 100));
        Assert.True(rows["no budget"].Attempts > 2 * rows["no budget"].Requests);
        Assert.NotNull(rows["budget 20 % (default)"].RecoveredAfter);
        Assert.Null(rows["no budget"].RecoveredAfter);
        Assert.True(rows["none"].RecoveredAfter <= rows["budget 20 % (default)"].RecoveredAfter);
    }

    [Fact]
    public void ThunderingHerd_SlowStart_KeepsTheQueueAndTheTailShort()
    {
        var rows = ThunderingHerd.Run(Seed).ToList();

        Assert.True(rows[2].P99 < rows[0].P99 / 2, $"{rows[2].P99} {rows[0].P99}");
        Assert.True(rows[2].MostInside < rows[0].MostInside / 2);
        Assert.True(rows[2].Ejections <= rows[0].Ejections);
        Assert.All(rows, row => Assert.True(row.Served > 0.999));
    }

    [Fact]
    public void SlowBackend_AdaptiveLimit_KeepsItFromHoldingUpRequests()
    {
        var rows = SlowBackend.Run(Seed, watched: TimeSpan.FromSeconds(15)).ToDictionary(row => (row.Policy, row.Limit));

        Assert.True(rows[("RoundRobin", "adaptive")].P99 < rows[("RoundRobin", "off (default)")].P99 / 4);
        Assert.True(rows[("RoundRobin", "adaptive")].MostInside < rows[("RoundRobin", "off (default)")].MostInside / 4);
        Assert.True(rows[("LeastRequests", "off (default)")].P99 < rows[("RoundRobin", "off (default)")].P99 / 4);
        Assert.All(rows.Values, row => Assert.Equal(1, row.Served));
    }

    [Fact]
    public void Run_SameSeed_GivesTheSameRows() => Assert.Equal(SlowBackend.Run(Seed, TimeSpan.FromSeconds(2)), SlowBackend.Run(Seed, TimeSpan.FromSeconds(2)));

    [Fact]
    public void RunUntil_TimersAndEvents_HappenInTheOrderInWhichTheyAreDue()
    {
        var clock = new VirtualClock();
        var seen = new List<(string What, TimeSpan At)>();
        using var timer = clock.CreateTimer(_ => seen.Add(("timer", clock.Now)), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        clock.After(TimeSpan.FromSeconds(3), () => seen.Add(("event", clock.Now)));
        clock.After(TimeSpan.FromSeconds(9), () => seen.Add(("late", clock.Now)));

        clock.RunUntil(TimeSpan.FromSeconds(5), () => { });

        Assert.Equal([("timer", TimeSpan.FromSeconds(2)), ("event", TimeSpan.FromSeconds(3)), ("timer", TimeSpan.FromSeconds(4))], seen);
        Assert.Equal(TimeSpan.FromSeconds(5), clock.Now);
    }
}
