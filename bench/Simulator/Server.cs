using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Simulator;

/// <summary>
/// A backend: so many workers, first come, first served. It does not notice that somebody who waits has given up, and works for him all the
/// same, as most servers do; that is what lets retries multiply an outage.
/// </summary>
internal sealed class Server(VirtualClock clock, Randomness random, int workers, TimeSpan serviceTime)
{
    // More waiting than this are refused with 503, at no cost.
    private const int LongestQueue = 2_000;

    private readonly Queue<Action> _waiting = new();
    private int _busy;

    /// <summary>How many times longer than usual a request takes now.</summary>
    public Func<double> Slowness { get; set; } = () => 1;

    /// <summary>Whether connections are refused.</summary>
    public bool IsDown { get; set; }

    /// <summary>Requests taken so far.</summary>
    public int Taken { get; private set; }

    /// <summary>The most requests that were in the server at a time.</summary>
    public int MostInside { get; private set; }

    /// <summary>Works on a request and tells how it ended.</summary>
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
