using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Routing;

namespace AspireLB.Balancing.Health;

/// <summary>SlowStart lets a new or recovered backend warm up: it refreshes the weights along a ramp until the ramp is over.</summary>
internal sealed class SlowStart(IClusterOptionsSource options, Availability availability, TimeProvider time)
{
    private const int Steps = 20;
    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(100);

    public void Begin(Backend backend)
    {
        if (options.For(backend.ClusterId).SlowStart == TimeSpan.Zero)
            return;

        backend.Health.RampStart = time.GetUtcNow();
        _ = FollowAsync(backend, backend.Health.RampStart);
    }

    private async Task FollowAsync(Backend backend, DateTimeOffset start)
    {
        while (backend.Health.RampStart == start)
        {
            // A reload may change the duration meanwhile.
            var duration = options.For(backend.ClusterId).SlowStart;
            var step = duration / Steps > ShortestStep ? duration / Steps : ShortestStep;
            availability.Refresh(backend.ClusterId);
            if (time.GetUtcNow() - start >= duration)
                return;
            await Task.Delay(step, time);
        }
    }
}
