using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Picking;

/// <summary>Compares backends by attempts in flight in proportion to weight.</summary>
internal static class Load
{
    /// <summary>Whether one more attempt would burden <paramref name="backend"/> less than <paramref name="other"/>.</summary>
    public static bool IsLess(Backend backend, Backend other) =>
        (long)(backend.InFlight + 1) * other.PickingWeight < (long)(other.InFlight + 1) * backend.PickingWeight;
}
