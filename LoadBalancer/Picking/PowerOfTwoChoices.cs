using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Picking;

/// <summary>
/// The less loaded of two backends drawn at random: nearly as even as <see cref="LeastRequests"/> without looking at all of them
/// (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
/// </summary>
internal sealed class PowerOfTwoChoices(IRandomSource random) : IPickingPolicy
{
    public string Name => nameof(PowerOfTwoChoices);

    public Backend Pick(HttpContext context, Cluster cluster, AvailableBackends candidates)
    {
        var backends = candidates.Backends;
        if (backends.Length == 1)
            return backends[0];

        var first = random.Next(backends.Length);
        var second = random.Next(backends.Length - 1);
        if (second >= first)
            second++;
        return Load.IsLess(backends[second], backends[first]) ? backends[second] : backends[first];
    }
}
