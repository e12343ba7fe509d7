using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// Leaves backends alone that ask for it (<c>Retry-After</c>), and takes them back when the time is up. A backend may ask with each of thousands of
/// answers a second: only the first one costs more than a look at the clock.
/// </summary>
internal sealed class PauseTimer(Availability availability, TimeProvider time)
{
    public void Begin(Backend backend, TimeSpan rest)
    {
        if (rest <= TimeSpan.Zero)
            return;

        var until = time.GetUtcNow() + rest;
        if (until > backend.Pause.Until)
            backend.Pause.Until = until;
        if (!backend.Pause.TryBeginWait())
            return;

        availability.Refresh(backend.ClusterId);
        _ = TakeBackAsync(backend);
    }

    // A timer counts whole milliseconds and may go off in the last one before the time is up; and meanwhile the backend may have asked for more.
    private async Task TakeBackAsync(Backend backend)
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
