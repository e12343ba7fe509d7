using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Retrying;

/// <summary>
/// HedgeRace runs a second attempt beside the first once the first has taken long ("hedged requests": Dean and Barroso, "The Tail at Scale", 2013).
/// The first response that is not a failure wins. An attempt that fails while the other is in flight is dropped. The last one left is treated
/// like an attempt that ran alone.
/// </summary>
internal sealed class HedgeRace : IRace, ISlotSeeker
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<bool> _due = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RequestAttempts _request;
    private readonly TimeSpan _delay;
    private readonly TimeProvider _time;
    private readonly IReverseProxyFeature _proxy;
    private RacingAttempt? _second;
    private AttemptResult _dropped;
    private bool _isClosed;

    public HedgeRace(RequestAttempts request, BegunAttempt first, TimeSpan delay, AttemptSettlement settlement, IReverseProxyFeature proxy)
    {
        (_request, _delay, _time, _proxy) = (request, delay, settlement.Time, proxy);
        First = Entry(first);
    }

    public RacingAttempt First { get; }

    AvailableBackends ISlotSeeker.Candidates => _request.HedgeCandidates(First.Attempt.Backend);

    LimitOptions ISlotSeeker.Limits => _request.Limits;

    CancellationToken ISlotSeeker.ClientGone => _request.ClientGone;

    Backend ISlotSeeker.Pick(AvailableBackends free) => _request.Pick(free);

    public async Task<Rival?> StartSecondAsync(Task first)
    {
        await using var timer = _time.CreateTimer(
            static due => ((TaskCompletionSource<bool>)due!).TrySetResult(true), _due, _delay, Timeout.InfiniteTimeSpan);
        await Task.WhenAny(_due.Task, first);
        return _due.Task.IsCompleted && await _due.Task ? TryBegin() : null;
    }

    /// <summary>Decides <see cref="IAttemptFeature.DecideRetry"/> for one of the two attempts.</summary>
    public bool DecideRetry(RacingAttempt side, AttemptResult result)
    {
        lock (_gate)
        {
            Close();
            if (side.Racer.HasLost)
                return true;

            if (OtherInFlight(side) is { } other)
            {
                if (RetryDecision.IsFailure(result, _request.Options.Retry))
                {
                    side.IsDropped = true;
                    _dropped = result;
                    _request.HedgeFailed(side.Attempt, result);
                    return true;
                }

                other.Racer.Lose();
                _request.SettleOvertaken(other.Attempt);
            }

            side.Racer.TryTakeTurn();
            return _request.Decide(side.Attempt, result);
        }
    }

    /// <summary>
    /// Handles <see cref="IAttemptFeature.Ended"/> for one of the two attempts. Each attempt releases its slot here, when it ends itself: the other
    /// one may go on for much longer.
    /// </summary>
    public void Ended(RacingAttempt side, AttemptResult result)
    {
        bool decides;
        lock (_gate)
        {
            Close();
            side.HasEnded = true;
            decides = !side.IsDropped && !side.Racer.HasLost && result.Failure != AttemptFailure.Overtaken;

            // The second attempt could not begin, and the first one, which failed, was dropped in favor of it.
            if (result.Failure == AttemptFailure.Overtaken && !side.Racer.HasLost && First.IsDropped)
                _request.RetryDropped(_dropped);
        }

        if (decides)
            _request.End(side.Attempt, result);
        else
            _request.EndHedge(side.Attempt, result);
        _request.ReleaseSlot(side.Attempt);
        if (side.Attempt.IsHedge)
            _request.CountHedge(side.Attempt, result, won: decides && result.Failure == AttemptFailure.None && !_request.Retries);
    }

    /// <summary>Ends the attempts for which an exception kept the forwarder from reporting a result.</summary>
    public void EndUnreported()
    {
        foreach (var side in new[] { First, _second })
        {
            if (side is { HasEnded: false })
                Ended(side, new(AttemptProgress.NoResponse, AttemptFailure.Client));
        }
    }

    private Rival? TryBegin()
    {
        lock (_gate)
        {
            if (_isClosed || _request.TryBeginHedge(this) is not { } attempt)
                return null;

            _second = Entry(attempt);
            return new(_second, attempt.Backend.Address);
        }
    }

    private RacingAttempt Entry(BegunAttempt attempt) => new(this, _request, attempt, new Racer(_gate, _proxy, attempt.Backend.Destination));

    private RacingAttempt? OtherInFlight(RacingAttempt side) =>
        (side == First ? _second : First) is { HasEnded: false, IsDropped: false } other ? other : null;

    /// <summary>Keeps a second attempt from joining: the first one is decided.</summary>
    private void Close()
    {
        _isClosed = true;
        _due.TrySetResult(false);
    }
}

/// <summary>RacingAttempt is one of the two attempts of a race.</summary>
internal sealed class RacingAttempt(HedgeRace race, RequestAttempts request, BegunAttempt attempt, Racer racer) : IAttemptFeature
{
    public BegunAttempt Attempt => attempt;

    public Racer Racer => racer;

    /// <summary>Whether the attempt failed while the other one was in flight.</summary>
    public bool IsDropped { get; set; }

    public bool HasEnded { get; set; }

    public TimeSpan? Timeout => request.Timeout;

    public ReadOnlyMemory<byte>? BufferedBody => request.BufferedBody;

    public UnrecordedTrace UnrecordedTrace => request.UnrecordedTrace;

    public bool DecideRetry(AttemptResult result) => race.DecideRetry(this, result);

    public void Ended(AttemptResult result) => race.Ended(this, result);
}
