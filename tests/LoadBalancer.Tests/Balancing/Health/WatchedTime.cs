using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>WatchedTime is fake time that reports which timers are set and disposed: a test knows when a loop waits and when it is done.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();
    private readonly Channel<TimeSpan> _disposed = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return new WatchedTimer(timer, () => _disposed.Writer.TryWrite(dueTime));
    }

    /// <summary>Waits until a timer of this length is set; earlier ones are skipped.</summary>
    public Task TimerAsync(double seconds, CancellationToken cancellationToken) => NextAsync(_timers, seconds, cancellationToken);

    /// <summary>Waits until a timer of this length is disposed; earlier ones are skipped.</summary>
    public Task TimerDisposedAsync(double seconds, CancellationToken cancellationToken) => NextAsync(_disposed, seconds, cancellationToken);

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    private static async Task NextAsync(Channel<TimeSpan> channel, double seconds, CancellationToken cancellationToken)
    {
        var expected = TimeSpan.FromSeconds(seconds);
        while (await channel.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), cancellationToken) != expected)
            continue;
    }

    private sealed class WatchedTimer(ITimer timer, Action disposed) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            disposed();
        }

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            disposed();
        }
    }
}
