using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// PauseTimer pauses backends that ask for it (<c>Retry-After</c>), and makes them available again when the pause ends. A backend may ask with each
/// of thousands of responses a second; only the first one costs more than a clock reading.
/// </summary>
internal sealed class PauseTimer(Availability availability, TimeProvider time)
{
    public void Begin(Backend backend, TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
            return;

        var until = time.GetUtcNow() + duration;
        if (until > backend.Pause.Until)
            backend.Pause.Until = until;
        if (!backend.Pause.TryBeginWait())
            return;

        availability.Refresh(backend.ClusterId);
        _ = ResumeAsync(backend);
    }

    // A timer counts whole milliseconds and may fire within the last one before the end. In the meantime the backend may have asked for a longer
    // pause.
    private async Task ResumeAsync(Backend backend)
    {
        do
        {
            while (backend.Pause.Until - time.GetUtcNow() is var left && left > TimeSpan.Zero)
                await Task.Delay(left + TimeSpan.FromMilliseconds(1), time);
            backend.Pause.EndWait();
        }
        while (backend.Pause.IsInEffect && backend.Pause.TryBeginWait());
        availability.Refresh(backend.ClusterId);
    }
}
