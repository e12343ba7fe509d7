using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Picks a backend at random, in proportion to weight.</summary>
internal sealed class RandomChoice(IRandomSource random) : IPickingPolicy
{
    public string Name => "Random";

    public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
    {
        var schedule = candidates.Schedule;
        return schedule[random.Next(schedule.Length)];
    }
}
