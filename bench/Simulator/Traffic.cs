using AspireLB.Balancing.Model;
using AspireLB.Balancing.Retrying;

namespace AspireLB.LoadBalancer.Simulator;

/// <summary>
/// Generates requests at random with a mean rate, independent of the results of earlier ones. Each follows the path of the retry middleware: it takes
/// a slot, makes an attempt, and repeats while the retry loop decides to.
/// </summary>
internal sealed class Traffic(VirtualClock clock, Randomness random, Balancer balancer, Server[] servers, double perSecond)
{
    private readonly List<(RequestAttempts Request, Task<Backend?> Slot)> _waiting = [];

    public Figures Figures { get; } = new();

    /// <summary>Generates requests until this time and waits for those in flight.</summary>
    public void Run(TimeSpan end)
    {
        clock.After(TimeSpan.Zero, () => Arrive(end));
        clock.RunUntil(end + TimeSpan.FromSeconds(30), ServeWaiting);
    }

    private void Arrive(TimeSpan end)
    {
        if (clock.Now >= end)
            return;

        balancer.Cluster.Budget.CountRequest();
        Seek(balancer.NewRequest(new DefaultHttpContext { Request = { Method = HttpMethods.Get } }));
        clock.After(random.Exponential(TimeSpan.FromSeconds(1 / perSecond)), () => Arrive(end));
    }

    private void Seek(RequestAttempts request)
    {
        var slot = balancer.Cluster.Slots.AcquireAsync(request);
        if (slot.IsCompleted)
            Attempt(request, slot.Result);
        else
            _waiting.Add((request, slot.AsTask()));
    }

    /// <summary>Continues the requests that have got a slot, in order. Another thread hands slots over, so wait for it first.</summary>
    private void ServeWaiting()
    {
        if (_waiting.Count == 0)
            return;

        SpinWait.SpinUntil(() => _waiting.Count(each => !each.Slot.IsCompleted) == balancer.Cluster.Slots.Waiting);
        foreach (var served in _waiting.Where(each => each.Slot.IsCompleted).ToList())
        {
            _waiting.Remove(served);
            Attempt(served.Request, served.Slot.Result);
        }
    }

    private void Attempt(RequestAttempts request, Backend? backend)
    {
        if (backend is null)
        {
            Figures.Add(new(clock.Now - Since(request), clock.Now, Succeeded: false, request.Count));
            return;
        }

        request.Begin(backend);
        Figures.AttemptBegins(clock.Now);
        var isOver = false;
        servers[Array.IndexOf(balancer.Backends, backend)].Serve(End);
        if (request.Timeout is { } timeout && !isOver)
            clock.After(timeout, () => End(new(AttemptProgress.NoResponse, AttemptFailure.Timeout)));

        void End(AttemptResult result)
        {
            if (isOver)
                return;

            isOver = true;
            var repeats = request.DecideRetry(result);
            request.Ended(repeats || result.Failure != AttemptFailure.None ? result : result with { Progress = AttemptProgress.Completed });
            request.ReleaseSlot();
            if (repeats)
                Seek(request);
            else
                Figures.Add(new(clock.Now - Since(request), clock.Now, Succeeded: result.StatusCode == StatusCodes.Status200OK, request.Count));
        }
    }

    private TimeSpan Since(RequestAttempts request) => clock.GetElapsedTime(request.Arrived);
}
