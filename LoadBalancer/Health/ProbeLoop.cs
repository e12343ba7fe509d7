using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Health;

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

    public void Start() => _ = RunAsync();

    public void Stop() => _stop.Cancel();

    /// <summary>Ends the present wait: proxied traffic has met a failure, so the backend's state may have changed.</summary>
    public void ProbeSoon() => Volatile.Read(ref _sooner).TrySetResult();

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var active = options.For(backend.ClusterId).Health.Active;
                var result = await client.ProbeAsync(backend, active, _stop.Token);
                if (!_stop.IsCancellationRequested)
                    report(backend, result);
                await WaitAsync(ProbeSchedule.Next(active, backend.Probed.Health, random.NextDouble()));
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Nothing may end a loop but Stop: what can't be probed is down, and is probed again.
                report(backend, new(false, exception.Message));
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
        }
    }

    private async Task WaitAsync(TimeSpan interval)
    {
        if (interval > MinimumGap)
            await Task.Delay(MinimumGap, time, _stop.Token);
        Volatile.Write(ref _sooner, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _sooner.Task.WaitAsync(interval - MinimumGap > TimeSpan.Zero ? interval - MinimumGap : interval, time, _stop.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
