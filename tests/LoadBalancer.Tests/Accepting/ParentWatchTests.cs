using AspireLB.LoadBalancer.Accepting;
using AspireLB.LoadBalancer.Tests.Balancing.Health;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AspireLB.LoadBalancer.Tests.Accepting;

public class ParentWatchTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("no", null)]
    [InlineData("-5", null)]
    [InlineData("4711", 4711)]
    public void ParentFrom_ReadsTheProcessId(string? variable, int? parent) => Assert.Equal(parent, ParentWatch.ParentFrom(variable));

    [Fact]
    public void ParentFrom_One_IsWhoeverTheParentIs()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows knows no parent");

        Assert.True(ParentWatch.ParentFrom("1") > 0);
    }

    [Fact]
    public async Task Watch_ParentIsGone_StopsTheApplication()
    {
        var lifetime = new Lifetime();
        using var watch = new ParentWatch(2_000_000_000, lifetime, TimeProvider.System, NullLogger<ParentWatch>.Instance);

        await watch.StartAsync(TestContext.Current.CancellationToken);

        await lifetime.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Watch_ParentIsThere_GoesOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows waits for the parent's end and does not look again and again");
        var lifetime = new Lifetime();
        var time = new WatchedTime();
        using var watch = new ParentWatch(ParentWatch.ParentFrom("1")!.Value, lifetime, time, NullLogger<ParentWatch>.Instance);

        await watch.StartAsync(TestContext.Current.CancellationToken);

        // Each timer is set after a look that has found the parent.
        for (var look = 0; look < 3; look++)
        {
            await time.TimerAsync(0.5, TestContext.Current.CancellationToken);
            Assert.False(lifetime.Stopped.Task.IsCompleted);
            time.Advance(0.5);
        }

        await time.TimerAsync(0.5, TestContext.Current.CancellationToken);
        await watch.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(lifetime.Stopped.Task.IsCompleted);
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public TaskCompletionSource Stopped { get; } = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopped.TrySetResult();
    }
}
