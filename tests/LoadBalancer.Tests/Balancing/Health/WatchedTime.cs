using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>WatchedTime is fake time that reports which timers are set, so that a test knows when a loop waits.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer of this length is set; earlier ones are skipped.</summary>
    public async Task TimerAsync(double seconds, CancellationToken cancellationToken)
    {
        var expected = TimeSpan.FromSeconds(seconds);
        while (await _timers.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), cancellationToken) != expected)
            continue;
    }

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));
}
