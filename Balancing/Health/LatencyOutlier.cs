namespace AspireLB.Balancing.Health;

/// <summary>LatencyOutlier calculates whether a backend is slow compared with the others; all times are in milliseconds.</summary>
internal static class LatencyOutlier
{
    /// <summary>A smaller difference does not justify an ejection, whatever the factor.</summary>
    public const double Least = 10;

    /// <param name="own">The backend's average latency.</param>
    /// <param name="others">The averages of the other backends; without any there is no outlier.</param>
    /// <param name="factor">The multiple of the others' median above which the backend is an outlier.</param>
    public static bool IsOutlier(double own, IReadOnlyCollection<double> others, double factor) =>
        others.Count > 0 && Median(others) is var median && own > median * factor && own - median >= Least;

    internal static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
