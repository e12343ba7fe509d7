using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Compares backends by attempts in flight per weight. Idle backends are equal, whatever their weights.</summary>
internal static class Load
{
    /// <summary>Whether <paramref name="backend"/> is less loaded than <paramref name="other"/>.</summary>
    public static bool IsLess(Backend backend, Backend other) =>
        (long)backend.Attempts.InFlight * other.Share.PickingWeight < (long)other.Attempts.InFlight * backend.Share.PickingWeight;
}
