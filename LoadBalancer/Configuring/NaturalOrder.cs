using System.Globalization;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Orders names as people do: digits within them count as numbers, so that server-2 comes before server-10.</summary>
internal static class NaturalOrder
{
    public static IComparer<string> Instance { get; } =
        Comparer<string>.Create((left, right) => CultureInfo.InvariantCulture.CompareInfo.Compare(left, right, CompareOptions.NumericOrdering | CompareOptions.IgnoreCase));
}
