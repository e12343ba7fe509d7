using AspireLB.EventLoops.Listening;
using AspireLB.LoadBalancer.Tests.Balancing.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Listening;

public class ConnectionSlotsTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(100, 1_024, 100)] // as configured
    [InlineData(0, 1_024, 352)]
    [InlineData(0, 20_000, 9_840)]
    [InlineData(0, 100, 16)] // the minimum
    [InlineData(0, long.MaxValue, int.MaxValue)]
    public void LimitOf_Descriptors_LeavesOnePerClientForBackends(int configured, long descriptors, int expected) =>
        Assert.Equal(expected, ConnectionSlots.LimitOf(configured, descriptors));

    [Fact]
    public void TryAcquire_AllTaken_NotifiesOnceWhenOneIsFree()
    {
        var (slots, _) = Create(limit: 2);
        var freed = 0;
        void Freed() => freed++;
        Assert.True(slots.TryAcquire(Freed));
        Assert.True(slots.TryAcquire(Freed));

        Assert.False(slots.TryAcquire(Freed));
        Assert.False(slots.TryAcquire(Freed));
        Assert.Equal((2, 2, 0), (slots.InUse, slots.Pauses, freed));

        slots.Release();
        slots.Release();
        Assert.Equal((0, 1), (slots.InUse, freed));
        Assert.True(slots.TryAcquire(Freed));
    }

    [Fact]
    public void TryAcquire_AllTakenForLong_WarnsOnceAMinute()
    {
        var (slots, log) = Create(limit: 1);
        slots.TryAcquire(() => { });

        for (var i = 0; i < 100; i++)
            slots.TryAcquire(() => { });
        Assert.Single(log.All);

        _time.Advance(TimeSpan.FromMinutes(1));
        slots.TryAcquire(() => { });
        Assert.Equal(2, log.All.Count());
    }

    private (ConnectionSlots Slots, LogLines Log) Create(int limit)
    {
        var log = new LogLines();
        return (new(limit, LoggerFactory.Create(logging => logging.AddProvider(log)).CreateLogger<ConnectionSlots>(), _time), log);
    }
}
