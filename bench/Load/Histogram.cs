using System.Numerics;

namespace AspireLB.Load;

/// <summary>Counts latencies in nanoseconds with an error below 1 %: 128 linear steps within each power of two.</summary>
internal sealed class Histogram
{
    private const int Bits = 7;
    private readonly long[] _counts = new long[(65 - Bits) << Bits];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(1, nanoseconds);
        Count++;
        Max = Math.Max(Max, nanoseconds);
        var shift = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - Bits);
        _counts[(shift << Bits) + (int)(nanoseconds >> shift)]++;
    }

    /// <summary>The quantile (0 to 1) of all latencies, in nanoseconds.</summary>
    public long Quantile(double part)
    {
        var rank = (long)Math.Ceiling(Count * part);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return Value(i);
            }
        }

        return 0;
    }

    private static long Value(int index)
    {
        // Above the first octave the mantissa includes its leading bit, so the index is one octave ahead of the shift.
        var shift = Math.Max(0, (index >> Bits) - 1);
        return (long)(index - (shift << Bits)) << shift;
    }
}
