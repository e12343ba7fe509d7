using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Picking;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Retrying;

/// <summary>An attempt as the loop sees it; <paramref name="Began"/> is a timestamp.</summary>
internal readonly record struct BegunAttempt(Backend Backend, long Began, bool IsHedge = false);

/// <summary>
/// The attempts of one request: which backends it tried, how the last one ended, and whether there is to be another. One is made for each request, so
/// its fields are few and small.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="proxy">What YARP knows of it.</param>
/// <param name="cluster">Its cluster.</param>
/// <param name="bound">The backends its session is bound to; null: any that are available.</param>
/// <param name="policies">Chooses a backend.</param>
/// <param name="observer">Learns what became of each attempt.</param>
internal sealed class RequestAttempts(
    HttpContext context, IReverseProxyFeature proxy, Cluster cluster, AvailableBackends? bound, PickingPolicies policies, AttemptSettlement observer)
    : IAttemptFeature, ISlotSeeker, IRequestTrail
{
    private readonly bool _isRepeatable = RetrySafety.From(context.Request);
    private List<Backend>? _tried;
    private List<Backend>? _unreached;
    private List<AttemptTrace>? _others;
    private BegunAttempt _current;
    private HedgeRace? _race;
    private ReadOnlyMemory<byte> _body;
    private long _turn = -1;
    private int _counted;
    private bool _hasBody;
    private bool _ended;

    /// <summary>The cluster's options when the request came; a reload does not change a request under way.</summary>
    public ClusterOptions Options { get; } = cluster.Options;

    public IReverseProxyFeature Proxy => proxy;

    public Cluster Cluster => cluster;

    public string ClusterId => cluster.Id;

    public long Arrived { get; } = observer.Timestamp();

    /// <summary>Attempts made.</summary>
    public int Count { get; private set; }

    /// <summary>Whether an attempt has begun and not ended.</summary>
    public bool IsUnderWay => _current.Backend is not null && !_ended;

    /// <summary>How the last attempt ended; where two ran at once, the one that decided.</summary>
    public AttemptResult Result { get; private set; }

    /// <summary>Whether the last attempt is to be followed by another.</summary>
    public bool Retries { get; private set; }

    /// <summary>Whether a second attempt was made beside one that took long.</summary>
    public bool IsHedged { get; private set; }

    public TimeSpan? Timeout => Options.Retry.PerAttemptTimeout;

    public TimeoutOptions? Timeouts => Options.Timeouts;

    public ReadOnlyMemory<byte>? BufferedBody
    {
        get => _hasBody ? _body : default(ReadOnlyMemory<byte>?);
        set => (_hasBody, _body) = (value is not null, value.GetValueOrDefault());
    }

    public UnrecordedTrace UnrecordedTrace { get; init; }

    public IRace? Race => _race;

    public Racer? Racer => _race?.First.Racer;

    /// <summary>Backends for the next attempt: untried ones first; when all were tried, those that talked may be asked once more.</summary>
    public AvailableBackends Candidates
    {
        get
        {
            var available = Allowed;
            if (_tried is null)
                return available;
            var untried = available.Except(_tried);
            return untried.Count > 0 ? untried : _unreached is null ? available : available.Except(_unreached);
        }
    }

    public LimitOptions Limits => cluster.Options.Limits;

    public CancellationToken ClientGone => context.RequestAborted;

    private AvailableBackends Allowed => bound ?? cluster.Available;

    public Backend Pick(AvailableBackends free)
    {
        // A session that is bound to one backend leaves nothing to choose. Its requests take no turn, so that new sessions are shared evenly.
        if (_turn < 0)
            _turn = bound is { Count: 1 } ? 0 : cluster.NextTurn();
        return policies.Pick(context, cluster, free, _turn);
    }

    /// <summary>An attempt begins at a backend whose place has been taken.</summary>
    public void Begin(Backend backend)
    {
        Count++;
        Retries = _ended = false;
        Result = default;
        _current = new(backend, observer.Timestamp());
        _race = !IsHedged && BufferedBody is not null && HedgeRule.Delay(context.Request, cluster, Allowed, _counted, Options.Retry) is { } delay
            ? new(this, _current, delay, observer, proxy)
            : null;
    }

    public bool DecideRetry(AttemptResult result) => _race is null ? Decide(_current, result) : _race.WillRepeat(_race.First, result);

    public void Ended(AttemptResult result)
    {
        if (_race is null)
            End(_current, result);
        else
            _race.Ended(_race.First, result);
    }

    public IEnumerable<AttemptTrace> Traces(long ended) =>
        _current.Backend is null || Retries ? _others ?? [] : [.. _others ?? [], TraceOf(_current, Result, ended)];

    /// <summary>Gives the places back of attempts that an exception ended before the forwarder could say how; nobody is to blame for it.</summary>
    public void EndIfForgotten()
    {
        _race?.EndIfForgotten();
        if (!_ended)
            End(_current, new(AttemptProgress.NoResponse, AttemptFailure.Client));
    }

    /// <summary>What follows from the outcome of an attempt on which the request depends.</summary>
    internal bool Decide(BegunAttempt attempt, AttemptResult result)
    {
        _current = attempt;
        if (result.Progress == AttemptProgress.HeadReceived)
            observer.RecordResponse(cluster, attempt.Backend, attempt.Began);
        if (!RetryDecision.IsFailure(result, Options.Retry))
            return false;

        Result = result;
        MarkFailed(attempt, result);
        var situation = new RetrySituation(_counted, Candidates.Count, _isRepeatable, BufferedBody is not null);
        Retries = RetryDecision.ShouldRetry(result, situation, Options.Retry)
            && (!RetryDecision.DrawsOnBudget(result) || cluster.Budget.TryWithdraw(Options.Retry));
        return Retries;
    }

    /// <summary>An attempt on which the request depended is over.</summary>
    internal void End(BegunAttempt attempt, AttemptResult result)
    {
        _ended = true;
        Result = result;
        if (Retries)
            (_others ??= []).Add(TraceOf(attempt, result, observer.Timestamp()));
        observer.Settle(cluster, attempt.Backend, result, isFailure: RetryDecision.IsFailure(result, Options.Retry), Retries);
    }

    /// <summary>Begins an attempt beside the one under way, if a backend is free and the budget allows it.</summary>
    internal BegunAttempt? TryBeginHedge(ISlotSeeker seeker)
    {
        if (cluster.Budget.Remaining(Options.Retry) < 1 || cluster.Slots.TryTake(seeker) is not { } backend)
            return null;

        if (!cluster.Budget.TryWithdraw(Options.Retry))
        {
            cluster.Slots.Release(backend);
            return null;
        }

        Count++;
        IsHedged = true;
        return new(backend, observer.Timestamp(), IsHedge: true);
    }

    /// <summary>The backends for an attempt beside the one under way there.</summary>
    internal AvailableBackends HedgeCandidates(Backend backend) => Allowed.Except([backend, .. _tried ?? []]);

    /// <summary>One of two attempts has failed; the request depends on the other.</summary>
    internal void HedgeFailed(BegunAttempt attempt, AttemptResult result)
    {
        if (result.Progress == AttemptProgress.HeadReceived)
            observer.RecordResponse(cluster, attempt.Backend, attempt.Began);
        MarkFailed(attempt, result);
        (_others ??= []).Add(TraceOf(attempt, result, observer.Timestamp()));
    }

    /// <summary>One of two attempts is overtaken by the other.</summary>
    internal void SettleOvertaken(BegunAttempt attempt)
    {
        observer.SettleOvertaken(cluster, attempt.Backend, attempt.Began);
        (_others ??= []).Add(TraceOf(attempt, new(AttemptProgress.NoResponse, AttemptFailure.Overtaken), observer.Timestamp()));
    }

    /// <summary>An attempt on which the request did not depend is over.</summary>
    internal void EndHedge(BegunAttempt attempt, AttemptResult result)
    {
        var isFailure = RetryDecision.IsFailure(result, Options.Retry);
        observer.Settle(cluster, attempt.Backend, result, isFailure, repeated: isFailure);
    }

    internal void CountHedge(BegunAttempt attempt, AttemptResult result, bool won) => observer.CountHedge(cluster, attempt.Backend, result, won);

    private void MarkFailed(BegunAttempt attempt, AttemptResult result)
    {
        (_tried ??= []).Add(attempt.Backend);
        if (result.Progress == AttemptProgress.NeverConnected)
            (_unreached ??= []).Add(attempt.Backend);
        if (!RetryDecision.IsExemptFromBudget(result))
            _counted++;
    }

    private static AttemptTrace TraceOf(BegunAttempt attempt, AttemptResult result, long ended) => new(attempt.Backend.Name, result, attempt.Began, ended, attempt.IsHedge);
}
