using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Picks backends in turn, in configured order and in proportion to weight; the first request goes to the first backend.</summary>
internal sealed class RoundRobin : IPickingPolicy
{
    public string Name => nameof(RoundRobin);

    public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
    {
        var schedule = candidates.Schedule;
        return schedule[(int)((ulong)turn % (ulong)schedule.Length)];
    }
}
