using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Observing;

public class RingTests
{
    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(2, new[] { 1, 2 })]
    [InlineData(3, new[] { 1, 2, 3 })]
    [InlineData(4, new[] { 2, 3, 4 })]
    [InlineData(10, new[] { 8, 9, 10 })]
    public void Add_MoreThanFit_KeepsTheLastOnesOldestFirst(int added, int[] kept)
    {
        var ring = new Ring<int>(3);
        for (var i = 1; i <= added; i++)
            ring.Add(i);

        Assert.Equal(kept, ring.ToArray());
        Assert.Equal(kept.Length, ring.Count);
        Assert.Equal(kept, Enumerable.Range(0, ring.Count).Select(i => ring[i]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Index_OutOfRange_Throws(int index)
    {
        var ring = new Ring<int>(3);
        ring.Add(1);

        Assert.Throws<ArgumentOutOfRangeException>(() => ring[index]);
    }
}
