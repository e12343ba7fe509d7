using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>
/// ProbeLoop probes one backend until it is stopped: at once, then at the interval, faster while it is down, and sooner on request.
/// </summary>
internal sealed class ProbeLoop(
    Backend backend, IClusterOptionsSource options, ProbeClient client, Action<Backend, ProbeResult> report, TimeProvider time, IRandomSource random)
{
    // The shortest time between two probes, because failing traffic may ask for one at every request.
    private static readonly TimeSpan MinimumGap = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _sooner = new();

    /// <summary>The address that the loop probes. Once the backend has another one, the loop's verdicts no longer apply to it.</summary>
    public string Address { get; } = backend.Address;

    /// <summary>Done once the loop has ended after <see cref="Stop"/>.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start() => Ended = RunAsync();

    public void Stop() => _stop.Cancel();

    /// <summary>Ends the current wait: proxied traffic has met a failure, so the backend's state may have changed.</summary>
    public void ProbeSoon() => Volatile.Read(ref _sooner).TrySetResult();

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_stop.IsCancellationRequested)
        {
            // A request for a probe that comes while one is in flight causes another: what traffic met may be newer than what the probe saw.
            var sooner = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _sooner, sooner);
            await ProbeAsync();
            var active = options.For(backend.ClusterId).Health.Active;
            await WaitAsync(ProbeSchedule.Next(active, backend.Health.Probed.Health, random.NextDouble()), sooner);
        }
    }

    // Only Stop ends a loop: a backend that can't be probed is down, and is probed again.
    private async Task ProbeAsync()
    {
        try
        {
            var result = await ProbeOnceAsync();
            if (!_stop.IsCancellationRequested)
                report(backend, result);
        }
        catch (Exception)
        {
            // A result that could not be reported is superseded by the next one.
        }
    }

    private async Task<ProbeResult> ProbeOnceAsync()
    {
        try
        {
            return await client.ProbeAsync(backend, options.For(backend.ClusterId).Health.Active, _stop.Token);
        }
        catch (Exception exception)
        {
            return new(false, exception.Message);
        }
    }

    // A timer ends the wait, not a timeout, whose exception would cost a stack trace each time.
    private async Task WaitAsync(TimeSpan interval, TaskCompletionSource sooner)
    {
        var gap = interval < MinimumGap ? interval : MinimumGap;
        await Task.Delay(gap, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (interval <= gap)
            return;

        await using var timer = time.CreateTimer(
            static sooner => ((TaskCompletionSource)sooner!).TrySetResult(), sooner, interval - gap, Timeout.InfiniteTimeSpan);
        await using var stop = _stop.Token.UnsafeRegister(static sooner => ((TaskCompletionSource)sooner!).TrySetResult(), sooner);
        await sooner.Task;
    }
}
