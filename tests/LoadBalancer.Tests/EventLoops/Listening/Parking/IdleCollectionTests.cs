using AspireLB.EventLoops.Listening;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Listening.Parking;

public class IdleCollectionTests
{
    private const long Much = 10_000_000;

    private readonly IdleCollection _collection = new(worthwhile: 1000);

    [Fact]
    public void Look_ManyParkedAndNothingMoreGoesOn_CollectsOnce()
    {
        Assert.False(_collection.TryStart(parked: 1500, allocated: Much));
        Assert.True(_collection.TryStart(parked: 1500, allocated: Much + 100));
        Assert.False(_collection.TryStart(parked: 1500, allocated: Much + 200));
    }

    [Fact]
    public void Look_RequestsStillCome_LeavesItToTheCollector()
    {
        _collection.TryStart(parked: 1500, allocated: Much);
        Assert.False(_collection.TryStart(parked: 1500, allocated: 2 * Much));
        Assert.True(_collection.TryStart(parked: 1500, allocated: 2 * Much));
    }

    [Fact]
    public void Look_FewParked_IsNotWorthIt()
    {
        _collection.TryStart(parked: 999, allocated: 0);
        Assert.False(_collection.TryStart(parked: 999, allocated: 0));
        _collection.TryStart(parked: 1000, allocated: 0);
        Assert.True(_collection.TryStart(parked: 1000, allocated: 0));
    }
}
