using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Compares backends by attempts in flight in proportion to weight. Idle ones are equal, whatever they weigh.</summary>
internal static class Load
{
    /// <summary>Whether <paramref name="backend"/> is less burdened than <paramref name="other"/>.</summary>
    public static bool IsLess(Backend backend, Backend other) =>
        (long)backend.Attempts.InFlight * other.Share.PickingWeight < (long)other.Attempts.InFlight * backend.Share.PickingWeight;
}
