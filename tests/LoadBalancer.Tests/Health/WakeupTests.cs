using AspireLB.LoadBalancer.Health;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Health;

public sealed class WakeupTests : IDisposable
{
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(9);

    private readonly FakeTimeProvider _time = new();
    private readonly Wakeup _wakeup;

    public WakeupTests() => _wakeup = new(_time);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wait_NobodyWantsIt_LastsGapAndRestEachTime()
    {
        for (var i = 0; i < 3; i++)
        {
            _wakeup.Rearm();
            var wait = _wakeup.WaitAsync(Gap, Rest).AsTask();
            _time.Advance(Gap);
            _time.Advance(Rest - TimeSpan.FromTicks(1));
            Assert.False(wait.IsCompleted);

            _time.Advance(TimeSpan.FromTicks(1));
            await Ends(wait);
        }
    }

    [Fact]
    public async Task Wait_NoRest_LastsTheGap()
    {
        var wait = _wakeup.WaitAsync(Gap, TimeSpan.Zero).AsTask();

        _time.Advance(Gap);

        await Ends(wait);
    }

    [Fact]
    public async Task Want_AfterTheGap_EndsTheWaitAtOnce()
    {
        var wait = _wakeup.WaitAsync(Gap, Rest).AsTask();
        _time.Advance(Gap);

        _wakeup.Want();

        await Ends(wait);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Want_InTheGapOrBeforeTheWait_EndsTheWaitWithTheGap(bool before)
    {
        _wakeup.Rearm();
        if (before)
            _wakeup.Want();
        var wait = _wakeup.WaitAsync(Gap, Rest).AsTask();
        if (!before)
            _wakeup.Want();
        _time.Advance(Gap - TimeSpan.FromTicks(1));
        Assert.False(wait.IsCompleted);

        _time.Advance(TimeSpan.FromTicks(1));
        await Ends(wait);
    }

    [Fact]
    public async Task Rearm_WantedBefore_IsForgotten()
    {
        _wakeup.Want();
        _wakeup.Rearm();
        var wait = _wakeup.WaitAsync(Gap, Rest).AsTask();

        _time.Advance(Gap);
        Assert.False(wait.IsCompleted);

        _time.Advance(Rest);
        await Ends(wait);
    }

    [Fact]
    public async Task Want_EndsAWait_LeavesNoTimeToTheNextOne()
    {
        var first = _wakeup.WaitAsync(Gap, Rest).AsTask();
        _time.Advance(Gap);
        _wakeup.Want();
        await Ends(first);

        _wakeup.Rearm();
        _time.Advance(Rest);
        var second = _wakeup.WaitAsync(Gap, Rest).AsTask();
        _time.Advance(Gap);
        Assert.False(second.IsCompleted);

        _time.Advance(Rest);
        await Ends(second);
    }

    [Fact]
    public async Task Dispose_Waiting_EndsThisWaitAndAllThatFollow()
    {
        var wait = _wakeup.WaitAsync(Gap, Rest).AsTask();

        _wakeup.Dispose();

        await Ends(wait);
        await Ends(_wakeup.WaitAsync(Gap, Rest).AsTask());
        _wakeup.Want();
        _wakeup.Dispose();
    }

    public void Dispose() => _wakeup.Dispose();

    private static Task Ends(Task wait) => wait.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
}
