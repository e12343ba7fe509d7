namespace AspireLB.Balancing.Health;

/// <summary>Whether a backend is slow beside the others: arithmetic only, in milliseconds.</summary>
internal static class LatencyOutlier
{
    /// <summary>What is slower by less is not worth an ejection, whatever the factor.</summary>
    public const double Least = 10;

    /// <param name="own">The backend's average.</param>
    /// <param name="others">The averages of the others; none: there is nothing to compare with.</param>
    /// <param name="factor">So many times the median of the others is too much.</param>
    public static bool IsOutlier(double own, IReadOnlyCollection<double> others, double factor) =>
        others.Count > 0 && Median(others) is var median && own > median * factor && own - median >= Least;

    internal static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
