using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Simulator;

/// <summary>
/// A backend with a number of workers that serve in order of arrival. It does not notice when a client has given up and works on the request anyway,
/// as most servers do; this is how retries multiply an outage.
/// </summary>
internal sealed class Server(VirtualClock clock, Randomness random, int workers, TimeSpan serviceTime)
{
    // Requests beyond this queue get 503 at no cost.
    private const int LongestQueue = 2_000;

    private readonly Queue<Action> _waiting = new();
    private int _busy;

    /// <summary>The factor by which requests currently take longer than usual.</summary>
    public Func<double> Slowness { get; set; } = () => 1;

    /// <summary>Whether connections are refused.</summary>
    public bool IsDown { get; set; }

    /// <summary>Requests accepted so far.</summary>
    public int Taken { get; private set; }

    /// <summary>The highest number of requests in the server at the same time.</summary>
    public int MostInside { get; private set; }

    /// <summary>Serves a request and reports its result.</summary>
    public void Serve(Action<AttemptResult> ended)
    {
        if (IsDown)
        {
            ended(new(AttemptProgress.NeverConnected, AttemptFailure.Connection));
            return;
        }

        if (_waiting.Count >= LongestQueue)
        {
            ended(Answer(StatusCodes.Status503ServiceUnavailable));
            return;
        }

        Taken++;
        _waiting.Enqueue(() => ended(Answer(StatusCodes.Status200OK)));
        MostInside = Math.Max(MostInside, _busy + _waiting.Count);
        if (_busy < workers)
            Work();
    }

    private static AttemptResult Answer(int status) => new(AttemptProgress.HeadReceived, AttemptFailure.None, status);

    private void Work()
    {
        if (!_waiting.TryDequeue(out var finish))
            return;

        _busy++;
        clock.After(random.Exponential(serviceTime) * Slowness(), () =>
        {
            _busy--;
            Work();
            finish();
        });
    }
}
