namespace AspireLB.LoadBalancer.Tests.Balancing.Picking;

/// <summary>Share compares how often something happened with how often it should.</summary>
internal static class Share
{
    /// <summary>Holds when the count of a binomial variable is within five standard deviations of its mean.</summary>
    public static void Is(double probability, int count, int trials)
    {
        var deviation = Math.Sqrt(trials * probability * (1 - probability));
        Assert.InRange(count, (trials * probability) - (5 * deviation), (trials * probability) + (5 * deviation));
    }
}
