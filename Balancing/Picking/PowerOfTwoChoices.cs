using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>
/// Picks the less loaded of two backends drawn at random: nearly as even as <see cref="LeastRequests"/> without comparing all of them
/// (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001). The first is drawn in proportion to weight and wins ties, so that
/// an idle cluster shares by weight too.
/// </summary>
internal sealed class PowerOfTwoChoices(IRandomSource random) : IPickingPolicy
{
    public string Name => nameof(PowerOfTwoChoices);

    public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
    {
        var backends = candidates.Backends;
        if (backends.Length == 1)
            return backends[0];

        var schedule = candidates.Schedule;
        var first = schedule[random.Next(schedule.Length)];
        var second = backends[random.Next(backends.Length - 1)];
        if (second == first)
            second = backends[^1];
        return Load.IsLess(second, first) ? second : first;
    }
}
