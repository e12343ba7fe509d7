using AspireLB.Balancing.Model;
using AspireLB.Balancing.Retrying;

namespace AspireLB.LoadBalancer.Simulator;

/// <summary>
/// Requests that arrive at random, at a given average rate, whatever becomes of those before them. Each goes the way of the retry middleware: a slot,
/// an attempt, and again while the loop says so.
/// </summary>
internal sealed class Traffic(VirtualClock clock, Randomness random, Balancer balancer, Server[] servers, double perSecond)
{
    private readonly List<(RequestAttempts Request, Task<Backend?> Place)> _waiting = [];

    public Figures Figures { get; } = new();

    /// <summary>Lets requests come until then and waits for what is under way.</summary>
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
        var place = balancer.Cluster.Slots.AcquireAsync(request);
        if (place.IsCompleted)
            Attempt(request, place.Result);
        else
            _waiting.Add((request, place.AsTask()));
    }

    /// <summary>Those who have got a place go on, in their order. A place is handed over by way of another thread, which is waited for.</summary>
    private void ServeWaiting()
    {
        if (_waiting.Count == 0)
            return;

        SpinWait.SpinUntil(() => _waiting.Count(each => !each.Place.IsCompleted) == balancer.Cluster.Slots.Waiting);
        foreach (var served in _waiting.Where(each => each.Place.IsCompleted).ToList())
        {
            _waiting.Remove(served);
            Attempt(served.Request, served.Place.Result);
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
            if (repeats)
                Seek(request);
            else
                Figures.Add(new(clock.Now - Since(request), clock.Now, Succeeded: result.StatusCode == StatusCodes.Status200OK, request.Count));
        }
    }

    private TimeSpan Since(RequestAttempts request) => clock.GetElapsedTime(request.Arrived);
}
