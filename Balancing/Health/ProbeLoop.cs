using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>Probes one backend until stopped: at once, then at the interval, faster while it is down, and sooner when asked to.</summary>
internal sealed class ProbeLoop(
    Backend backend, IClusterOptionsSource options, ProbeClient client, Action<Backend, ProbeResult> report, TimeProvider time, IRandomSource random)
{
    // Failing traffic may ask for a probe at every request; this much time lies between two at least.
    private static readonly TimeSpan MinimumGap = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _sooner = new();

    /// <summary>What the loop probes; when the backend's address is no longer this one, the loop's verdicts say nothing about it.</summary>
    public string Address { get; } = backend.Address;

    /// <summary>Done once the loop has ended after <see cref="Stop"/>.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start() => Ended = RunAsync();

    public void Stop() => _stop.Cancel();

    /// <summary>Ends the present wait: proxied traffic has met a failure, so the backend's state may have changed.</summary>
    public void ProbeSoon() => Volatile.Read(ref _sooner).TrySetResult();

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_stop.IsCancellationRequested)
        {
            // Asked for while a probe is under way or just after it, another follows: what traffic met may be newer than what the probe saw.
            var sooner = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _sooner, sooner);
            await ProbeAsync();
            await WaitAsync(ProbeSchedule.Next(options.For(backend.ClusterId).Health.Active, backend.Health.Probed.Health, random.NextDouble()), sooner);
        }
    }

    // Nothing may end a loop but Stop: what can't be probed is down, and is probed again.
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
            // A verdict that could not be reported is followed by the next one.
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

    // Ended by a timer and not by a time-out: .NET looks through the stack, line numbers and all, for the exception that nobody wants to see.
    private async Task WaitAsync(TimeSpan interval, TaskCompletionSource sooner)
    {
        var gap = interval < MinimumGap ? interval : MinimumGap;
        await Task.Delay(gap, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (interval <= gap)
            return;

        await using var timer = time.CreateTimer(static sooner => ((TaskCompletionSource)sooner!).TrySetResult(), sooner, interval - gap, Timeout.InfiniteTimeSpan);
        await using var stop = _stop.Token.UnsafeRegister(static sooner => ((TaskCompletionSource)sooner!).TrySetResult(), sooner);
        await sooner.Task;
    }
}
