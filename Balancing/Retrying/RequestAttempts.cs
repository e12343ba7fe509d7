using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Picking;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Retrying;

/// <summary>BegunAttempt is an attempt that holds a slot at its backend; <paramref name="Began"/> is a timestamp.</summary>
internal readonly record struct BegunAttempt(Backend Backend, long Began, bool IsHedge = false);

/// <summary>
/// RequestAttempts keeps the attempts of one request: which backends it tried, how the last attempt ended, and whether another one follows.
/// Every request allocates one, so its fields are few and small.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="proxy">YARP's state of the request.</param>
/// <param name="cluster">The request's cluster.</param>
/// <param name="bound">The backends that the request's session is bound to; null: any that are available.</param>
/// <param name="policies">Pick a backend.</param>
/// <param name="settlement">Settles each attempt.</param>
internal sealed class RequestAttempts(
    HttpContext context, IReverseProxyFeature proxy, Cluster cluster, AvailableBackends? bound, PickingPolicies policies,
    AttemptSettlement settlement)
    : IAttemptFeature, ISlotSeeker, IRequestTrail
{
    private readonly bool _isIdempotent = RetrySafety.From(context.Request);
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

    /// <summary>The cluster's options when the request arrived; a reload does not change a request in flight.</summary>
    public ClusterOptions Options { get; } = cluster.Options;

    public IReverseProxyFeature Proxy => proxy;

    public Cluster Cluster => cluster;

    public string ClusterId => cluster.Id;

    public long Arrived { get; } = settlement.Timestamp();

    /// <summary>Number of attempts made.</summary>
    public int Count { get; private set; }

    /// <summary>Whether an attempt has begun and not ended.</summary>
    public bool IsInFlight => _current.Backend is not null && !_ended;

    /// <summary>How the last attempt ended; of two attempts that raced, how the deciding one ended.</summary>
    public AttemptResult Result { get; private set; }

    /// <summary>Whether another attempt follows the last one.</summary>
    public bool Retries { get; private set; }

    /// <summary>Whether a second attempt ran beside one that took long.</summary>
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

    /// <summary>
    /// Backends for the next attempt: untried ones first. A request that is bound by its session goes to another backend once its own have failed,
    /// unless the session's failure policy forbids that. When all were tried, those that accepted a connection may be tried once more.
    /// </summary>
    public AvailableBackends Candidates
    {
        get
        {
            var available = Allowed;
            if (_tried is null)
                return available;
            var untried = available.Except(_tried);
            if (untried.Count == 0 && bound is not null && MayLeaveItsSession)
                untried = cluster.Available.Except(_tried);
            return untried.Count > 0 ? untried : _unreached is null ? available : available.Except(_unreached);
        }
    }

    public LimitOptions Limits => cluster.Options.Limits;

    public CancellationToken ClientGone => context.RequestAborted;

    private AvailableBackends Allowed => bound ?? cluster.Available;

    // YARP's policy of this name forbids to send a session's request anywhere else; the default, Redistribute, allows it.
    private bool MayLeaveItsSession =>
        proxy.Cluster.Config.SessionAffinity?.FailurePolicy is not { } policy || !policy.Equals("Return503Error", StringComparison.OrdinalIgnoreCase);

    public Backend Pick(AvailableBackends free)
    {
        // A session bound to one backend leaves no choice. Its requests take no turn, so that new sessions are spread evenly.
        if (_turn < 0)
            _turn = bound is { Count: 1 } ? 0 : cluster.NextTurn();
        return policies.Pick(context, cluster, free, _turn);
    }

    /// <summary>Begins an attempt at a backend where a slot has been acquired.</summary>
    public void Begin(Backend backend)
    {
        Count++;
        Retries = _ended = false;
        Result = default;
        _current = new(backend, settlement.Timestamp());
        _race = !IsHedged && BufferedBody is not null && HedgeRule.Delay(context.Request, cluster, Allowed, _counted, Options.Retry) is { } delay
            ? new(this, _current, delay, settlement, proxy)
            : null;
    }

    public bool DecideRetry(AttemptResult result) => _race is null ? Decide(_current, result) : _race.DecideRetry(_race.First, result);

    public void Ended(AttemptResult result)
    {
        if (_race is null)
            End(_current, result);
        else
            _race.Ended(_race.First, result);
    }

    public IEnumerable<AttemptTrace> Traces(long ended) =>
        _current.Backend is null || Retries ? _others ?? [] : [.. _others ?? [], TraceOf(_current, Result, ended)];

    /// <summary>Ends the attempts for which an exception kept the forwarder from reporting a result. The backend is not blamed.</summary>
    public void EndUnreported()
    {
        _race?.EndUnreported();
        if (!_ended)
            End(_current, new(AttemptProgress.NoResponse, AttemptFailure.Client));
    }

    /// <summary>Releases the slot of an attempt that ran alone; attempts that raced have released theirs (<see cref="HedgeRace.Ended"/>).</summary>
    public void ReleaseSlot()
    {
        if (_race is null)
            ReleaseSlot(_current);
    }

    internal void ReleaseSlot(BegunAttempt attempt) => settlement.Release(cluster, attempt.Backend);

    /// <summary>Decides whether a retry follows the attempt that the request depends on.</summary>
    internal bool Decide(BegunAttempt attempt, AttemptResult result)
    {
        _current = attempt;
        if (result.Progress == AttemptProgress.HeadReceived)
            settlement.RecordResponse(cluster, attempt.Backend, attempt.Began);
        if (!RetryDecision.IsFailure(result, Options.Retry))
            return false;

        Result = result;
        MarkFailed(attempt, result);
        var situation = new RetrySituation(_counted, Candidates.Count, _isIdempotent, BufferedBody is not null);
        Retries = RetryDecision.ShouldRetry(result, situation, Options.Retry)
            && (!RetryDecision.DrawsOnBudget(result) || cluster.Budget.TryWithdraw(Options.Retry));
        return Retries;
    }

    /// <summary>Settles the attempt that the request depended on.</summary>
    internal void End(BegunAttempt attempt, AttemptResult result)
    {
        _ended = true;
        Result = result;
        if (Retries)
            (_others ??= []).Add(TraceOf(attempt, result, settlement.Timestamp()));
        settlement.Settle(cluster, attempt.Backend, result, isFailure: RetryDecision.IsFailure(result, Options.Retry), Retries);
    }

    /// <summary>Begins an attempt beside the one in flight, if a backend has a free slot and the budget allows it.</summary>
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
        return new(backend, settlement.Timestamp(), IsHedge: true);
    }

    /// <summary>The backends for an attempt beside the one in flight at <paramref name="backend"/>.</summary>
    internal AvailableBackends HedgeCandidates(Backend backend) => Allowed.Except([backend, .. _tried ?? []]);

    /// <summary>Records that one of two attempts failed; the request depends on the other.</summary>
    internal void HedgeFailed(BegunAttempt attempt, AttemptResult result)
    {
        if (result.Progress == AttemptProgress.HeadReceived)
            settlement.RecordResponse(cluster, attempt.Backend, attempt.Began);
        MarkFailed(attempt, result);
        (_others ??= []).Add(TraceOf(attempt, result, settlement.Timestamp()));
    }

    /// <summary>Retries the request after an attempt that was dropped, since the one that was to take over could not begin.</summary>
    internal void RetryDropped(AttemptResult result)
    {
        Result = result;
        _ended = Retries = true;
    }

    /// <summary>Records that one of two attempts was overtaken by the other.</summary>
    internal void SettleOvertaken(BegunAttempt attempt)
    {
        settlement.SettleOvertaken(cluster, attempt.Backend, attempt.Began);
        (_others ??= []).Add(TraceOf(attempt, new(AttemptProgress.NoResponse, AttemptFailure.Overtaken), settlement.Timestamp()));
    }

    /// <summary>Settles an attempt that the request did not depend on.</summary>
    internal void EndHedge(BegunAttempt attempt, AttemptResult result)
    {
        var isFailure = RetryDecision.IsFailure(result, Options.Retry);
        settlement.Settle(cluster, attempt.Backend, result, isFailure, isRetried: isFailure);
    }

    internal void CountHedge(BegunAttempt attempt, AttemptResult result, bool won) => settlement.CountHedge(cluster, attempt.Backend, result, won);

    private void MarkFailed(BegunAttempt attempt, AttemptResult result)
    {
        (_tried ??= []).Add(attempt.Backend);
        if (result.Progress == AttemptProgress.NeverConnected)
            (_unreached ??= []).Add(attempt.Backend);
        if (!RetryDecision.IsExemptFromBudget(result))
            _counted++;
    }

    private static AttemptTrace TraceOf(BegunAttempt attempt, AttemptResult result, long ended) =>
        new(attempt.Backend.Name, result, attempt.Began, ended, attempt.IsHedge);
}
