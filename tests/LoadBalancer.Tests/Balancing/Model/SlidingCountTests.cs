using AspireLB.Balancing.Model;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class SlidingCountTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Sum_WithinWindow_CountsEverything()
    {
        var count = new SlidingCount(_time, TimeSpan.FromSeconds(10));
        for (var second = 0; second < 9; second++)
        {
            count.Add(2);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(18, count.Sum());
    }

    [Fact]
    public void Sum_AfterWindow_DropsATenthAtATime()
    {
        var count = new SlidingCount(_time, TimeSpan.FromSeconds(10));
        for (var second = 0; second < 10; second++)
        {
            count.Add();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(9, count.Sum());
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(5, count.Sum());
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, count.Sum());
    }

    [Fact]
    public void Add_FromManyThreads_LosesNothing()
    {
        var count = new SlidingCount(_time, TimeSpan.FromSeconds(10));
        Parallel.For(0, 100_000, _ => count.Add());

        Assert.Equal(100_000, count.Sum());
    }

    [Fact]
    public void Sum_Empty_IsZero() => Assert.Equal(0, new SlidingCount(_time, TimeSpan.FromSeconds(10)).Sum());
}
