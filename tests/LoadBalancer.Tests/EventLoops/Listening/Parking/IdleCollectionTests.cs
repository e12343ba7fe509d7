using AspireLB.EventLoops.Listening;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Listening.Parking;

public class IdleCollectionTests
{
    private const long Much = 10_000_000;

    private readonly IdleCollection _collection = new(worthwhile: 1000);

    [Fact]
    public void TryStart_ManyParkedAndTheProcessIsQuiet_CollectsOnce()
    {
        Assert.False(_collection.TryStart(parked: 1500, allocated: Much));
        Assert.True(_collection.TryStart(parked: 1500, allocated: Much + 100));
        Assert.False(_collection.TryStart(parked: 1500, allocated: Much + 200));
    }

    [Fact]
    public void TryStart_RequestsStillArrive_LeavesItToTheCollector()
    {
        _collection.TryStart(parked: 1500, allocated: Much);
        Assert.False(_collection.TryStart(parked: 1500, allocated: 2 * Much));
        Assert.True(_collection.TryStart(parked: 1500, allocated: 2 * Much));
    }

    [Fact]
    public void TryStart_FewParked_DoesNotCollect()
    {
        _collection.TryStart(parked: 999, allocated: 0);
        Assert.False(_collection.TryStart(parked: 999, allocated: 0));
        _collection.TryStart(parked: 1000, allocated: 0);
        Assert.True(_collection.TryStart(parked: 1000, allocated: 0));
    }
}
