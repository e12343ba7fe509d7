using AspireLB.Balancing.Model;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class WeightedScheduleTests
{
    private static readonly Arbitrary<int[]> Weights =
        Gen.Choose(1, 100).NonEmptyListOf().Select(list => list.Take(20).ToArray()).ToArbitrary();

    [Fact]
    public void Build_EqualWeights_IsTheConfiguredOrder() => Assert.Equal([0, 1, 2, 3, 4], Build(7, 7, 7, 7, 7));

    [Fact]
    public void Build_Weights_SpreadAsSmoothRoundRobin() => Assert.Equal([0, 1, 0, 2, 0, 1, 0], Build(4, 2, 1));

    [Fact]
    public void Build_WeightBelowOne_CountsAsOne() => Assert.Equal([0, 1, 2], Build(0, 1, -5));

    [Fact]
    public void Build_NoItems_IsEmpty() => Assert.Empty(Build());

    [Fact]
    public void Build_AnyWeights_SharesAreExact() => Prop.ForAll(Weights, weights =>
    {
        var schedule = Build(weights);
        return weights.Index().All(weight =>
            (long)schedule.Count(item => item == weight.Index) * weights.Sum() == (long)weight.Item * schedule.Length);
    }).QuickCheckThrowOnFailure();

    // After n picks an item has been picked n times its share, within a tolerance for rounding and for the order of ties.
    [Fact]
    public void Build_AnyWeights_EveryItemKeepsItsShareThroughout() => Prop.ForAll(Weights, weights =>
    {
        var schedule = Build(weights);
        return weights.Index().All(weight =>
        {
            var share = (double)weight.Item / weights.Sum();
            var picked = 0;
            return schedule.Index().All(pick =>
            {
                picked += pick.Item == weight.Index ? 1 : 0;
                return Math.Abs(picked - ((pick.Index + 1) * share)) <= 0.5 + (share * weights.Length / 2) + 1e-9;
            });
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Build_OddWeightsOfManyItems_StaysSmallAndNearlyExact()
    {
        int[] weights = [.. Enumerable.Range(901, 100)];

        var schedule = Build(weights);

        Assert.InRange(schedule.Length, weights.Length, 20_000);
        Assert.All(weights.Index(), weight => Assert.Equal(
            (double)weight.Item / weights.Sum(), (double)schedule.Count(item => item == weight.Index) / schedule.Length, 0.001));
    }

    private static int[] Build(params int[] weights) => WeightedSchedule.Build([.. Enumerable.Range(0, weights.Length)], item => weights[item]);
}
