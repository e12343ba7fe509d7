using AspireLB.Balancing.Model;
using AspireLB.Balancing.Picking;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Balancing.Picking;

public class RandomPoliciesTests
{
    private const int Trials = 60_000;

    [Fact]
    public void PickRandom_Weights_SharesFollowTheWeights()
    {
        int[] weights = [1, 2, 5];

        var counts = Count(new RandomChoice(new SeededRandom(1)), TestModel.Available(TestModel.Backends(weights)));

        Assert.All(weights.Index(), weight => Share.Is(weight.Item / 8.0, counts[$"server-{weight.Index + 1}"], Trials));
    }

    // Of n backends, the one with r−1 less loaded than it wins when it is drawn with one of the n−r more loaded: 2(n−r) / n(n−1).
    [Fact]
    public void PickPowerOfTwo_DistinctLoads_SharesFollowTheRanks()
    {
        var backends = TestModel.Backends(1, 1, 1, 1, 1);
        for (var i = 0; i < backends.Length; i++)
            Begin(backends[i], i);

        var counts = Count(new PowerOfTwoChoices(new SeededRandom(2)), TestModel.Available(backends));

        for (var rank = 1; rank < 5; rank++)
            Share.Is(2.0 * (5 - rank) / (5 * 4), counts[$"server-{rank}"], Trials);
        Assert.False(counts.ContainsKey("server-5"));
    }

    [Fact]
    public void PickPowerOfTwo_EqualLoads_SharesAreEqual()
    {
        var counts = Count(new PowerOfTwoChoices(new SeededRandom(3)), TestModel.Available(TestModel.Backends(1, 1, 1, 1)));

        Assert.All(counts.Values, count => Share.Is(0.25, count, Trials));
    }

    [Fact]
    public void PickPowerOfTwo_AllIdle_SharesFollowTheWeights()
    {
        var counts = Count(new PowerOfTwoChoices(new SeededRandom(6)), TestModel.Available(TestModel.Backends(1, 2, 5)));

        Assert.All(new[] { 1, 2, 5 }.Index(), weight => Share.Is(weight.Item / 8.0, counts[$"server-{weight.Index + 1}"], Trials));
    }

    [Fact]
    public void PickPowerOfTwo_OneBackend_PicksIt() =>
        Assert.Equal(
            "server-1",
            new PowerOfTwoChoices(new SeededRandom(4)).Pick(new DefaultHttpContext(), TestModel.Available(TestModel.Backends(1)), 0).Name);

    // Mitzenmacher 2001: the fullest of n after n picks holds about ln n / ln ln n with one choice, ln ln n / ln 2 with two.
    [Fact]
    public void PickPowerOfTwo_AttemptsThatNeverEnd_AreFarMoreEvenThanRandom()
    {
        Assert.InRange(Fullest(new PowerOfTwoChoices(new SeededRandom(5))), 2, 4);
        Assert.InRange(Fullest(new RandomChoice(new SeededRandom(5))), 5, 9);
    }

    private int Fullest(IPickingPolicy policy)
    {
        var available = TestModel.Available(TestModel.Backends([.. Enumerable.Repeat(1, 1_000)]));
        for (var i = 0; i < 1_000; i++)
            policy.Pick(new DefaultHttpContext(), available, i).Attempts.Begin();
        return available.Backends.ToArray().Max(backend => backend.Attempts.InFlight);
    }

    private Dictionary<string, int> Count(IPickingPolicy policy, AvailableBackends available)
    {
        var context = new DefaultHttpContext();
        return Enumerable.Range(0, Trials).Select(turn => policy.Pick(context, available, turn).Name).CountBy(name => name).ToDictionary();
    }

    private static void Begin(Backend backend, int attempts)
    {
        for (var i = 0; i < attempts; i++)
            backend.Attempts.Begin();
    }
}
