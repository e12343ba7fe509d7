using AspireLB.EventLoops.Listening;
using AspireLB.LoadBalancer.Tests.Balancing.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Listening;

public class ClientPlacesTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(100, 1_024, 100)] // as configured
    [InlineData(0, 1_024, 352)]
    [InlineData(0, 20_000, 9_840)]
    [InlineData(0, 100, 16)] // fewer would serve nobody
    [InlineData(0, long.MaxValue, int.MaxValue)]
    public void LimitOf_Descriptors_LeavesAsManyForBackends(int configured, long descriptors, int expected) =>
        Assert.Equal(expected, ConnectionSlots.LimitOf(configured, descriptors));

    [Fact]
    public void TryTake_AllTaken_TellsOnceWhenOneIsFree()
    {
        var (places, _) = Create(limit: 2);
        var freed = 0;
        void Freed() => freed++;
        Assert.True(places.TryAcquire(Freed));
        Assert.True(places.TryAcquire(Freed));

        Assert.False(places.TryAcquire(Freed));
        Assert.False(places.TryAcquire(Freed));
        Assert.Equal((2, 2, 0), (places.InUse, places.Pauses, freed));

        places.Release();
        places.Release();
        Assert.Equal((0, 1), (places.InUse, freed));
        Assert.True(places.TryAcquire(Freed));
    }

    [Fact]
    public void TryTake_AllTakenForLong_WarnsOnceAMinute()
    {
        var (places, log) = Create(limit: 1);
        places.TryAcquire(() => { });

        for (var i = 0; i < 100; i++)
            places.TryAcquire(() => { });
        Assert.Single(log.All);

        _time.Advance(TimeSpan.FromMinutes(1));
        places.TryAcquire(() => { });
        Assert.Equal(2, log.All.Count());
    }

    private (ConnectionSlots Places, LogLines Log) Create(int limit)
    {
        var log = new LogLines();
        return (new(limit, LoggerFactory.Create(logging => logging.AddProvider(log)).CreateLogger<ConnectionSlots>(), _time), log);
    }
}
