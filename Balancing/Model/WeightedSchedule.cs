namespace AspireLB.Balancing.Model;

/// <summary>
/// WeightedSchedule is the order of a weighted round robin, calculated in advance so that picking is one increment. An item of weight w occurs w
/// times in the schedule, spread evenly (the k-th at (k + ½) / w of the way), as in nginx's smooth weighted round robin.
/// </summary>
internal static class WeightedSchedule
{
    // Limits memory for unusual weights such as 1000, 999, 998 …; shares are then off by less than a thousandth.
    private const int MaximumLength = 16_384;

    /// <summary>Builds the schedule.</summary>
    /// <param name="items">The items in configured order, which breaks ties. With equal weights the schedule has this order.</param>
    /// <param name="weightOf">Returns an item's weight; a weight below 1 counts as 1.</param>
    public static T[] Build<T>(IReadOnlyList<T> items, Func<T, int> weightOf)
    {
        var weights = items.Select(item => Math.Max(1, weightOf(item))).ToArray();
        var divisor = weights.Aggregate(0, GreatestCommonDivisor);
        var total = weights.Sum(weight => (long)weight) / Math.Max(1, divisor);
        var shrink = Math.Max(1.0, (double)total / Math.Max(MaximumLength, items.Count));
        return
        [
            .. items.Index()
                .SelectMany(item => Positions(item.Item, (int)Math.Max(1, Math.Round(weights[item.Index] / divisor / shrink))))
                .OrderBy(position => position.Position)
                .Select(position => position.Item),
        ];
    }

    private static IEnumerable<(T Item, double Position)> Positions<T>(T item, int count) =>
        Enumerable.Range(0, count).Select(k => (item, (k + 0.5) / count));

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
