using AspireLB.EventLoops.Sockets;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

public sealed class EventLoopTests : IDisposable
{
    private readonly LoopPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task WasQuietAfter_NothingHasArrived_IsTrueFromTheNextTurnAndOnTheLoopOnly()
    {
        var socket = _pair.Connect();
        using var peer = _pair.AcceptPeer();
        var turn = 0;

        await _pair.RunAsync(() =>
        {
            turn = _pair.Loop.CurrentTurn;
            Assert.False(socket.WasQuietAfter(turn));
        });
        await _pair.RunAsync(() => Assert.True(socket.WasQuietAfter(turn)));
        Assert.False(socket.WasQuietAfter(turn));
        socket.Close();
    }

    [Fact]
    public async Task WasQuietAfter_TheSocketsEventComesLaterInTheTurn_IsFalse()
    {
        var (first, second) = (_pair.Connect(), _pair.Connect());
        using var firstPeer = _pair.AcceptPeer();
        using var secondPeer = _pair.AcceptPeer();
        var seen = new TaskCompletionSource<bool>();

        await _pair.RunAsync(() =>
        {
            var turn = _pair.Loop.CurrentTurn;
            Assert.True(first.TryWaitForInput(new ActionSink(() => seen.SetResult(second.WasQuietAfter(turn)))));

            // Both have arrived when the loop next waits for events.
            firstPeer.Send("1"u8);
            secondPeer.Send("2"u8);
        });

        Assert.False(await seen.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        first.Close();
        second.Close();
    }

    [Fact]
    public async Task GetTimestamp_WithinAnEvent_DoesNotChange()
    {
        var clock = new LoopClock();
        var (before, within, later) = (clock.GetTimestamp(), 0L, 0L);

        await _pair.RunAsync(() =>
        {
            within = clock.GetTimestamp();
            SpinWait.SpinUntil(() => TimeProvider.System.GetTimestamp() > within);
            Assert.Equal(within, clock.GetTimestamp());
        });
        await _pair.RunAsync(() => later = clock.GetTimestamp());

        Assert.True(before < within);
        Assert.True(within < later);
        Assert.True(later < clock.GetTimestamp());
    }

    [Fact]
    public async Task ForCurrentThread_OnALoop_IsThatLoopOnlyInItsOwnGroup()
    {
        using var others = new LoopPair();
        EventLoop? own = null, foreign = null;

        await _pair.RunAsync(() => (own, foreign) = (_pair.Loops.ForCurrentThread(), others.Loops.ForCurrentThread()));

        Assert.Same(_pair.Loop, own);
        Assert.Same(others.Loop, foreign);
    }

    private sealed class ActionSink(Action action) : IReadinessSink
    {
        public void OnReady() => action();
    }
}
