using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Each backend in turn, in configured order and as often as its weight says; the first request goes to the first.</summary>
internal sealed class RoundRobin : IPickingPolicy
{
    public string Name => nameof(RoundRobin);

    public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
    {
        var schedule = candidates.Schedule;
        return schedule[(int)((ulong)turn % (ulong)schedule.Length)];
    }
}
