namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Orders names naturally: digits compare as numbers, so server-2 comes before server-10. Ignores case and is the same in every culture (.NET's
/// own numeric comparison needs culture data, which the balancer does not load).
/// </summary>
internal static class NaturalOrder
{
    public static IComparer<string> Instance { get; } = Comparer<string>.Create((left, right) => Compare(left, right));

    private static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            var numbers = char.IsAsciiDigit(left[0]) && char.IsAsciiDigit(right[0]);
            var first = numbers ? DigitsOf(left) : left[..1];
            var second = numbers ? DigitsOf(right) : right[..1];
            if ((numbers ? CompareNumbers(first, second) : first.CompareTo(second, StringComparison.OrdinalIgnoreCase)) is not 0 and var order)
                return order;
            left = left[first.Length..];
            right = right[second.Length..];
        }

        return left.Length - right.Length;
    }

    private static ReadOnlySpan<char> DigitsOf(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? text[..end] : text;

    // Works for any number of digits. Leading zeros only break ties, so that different names never compare as equal.
    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var first = left.TrimStart('0');
        var second = right.TrimStart('0');
        var order = first.Length != second.Length ? first.Length - second.Length : first.SequenceCompareTo(second);
        return order != 0 ? order : left.Length - right.Length;
    }
}
