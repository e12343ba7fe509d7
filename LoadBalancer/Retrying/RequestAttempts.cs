using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Forwarding;
using AspireLB.LoadBalancer.Limiting;
using AspireLB.LoadBalancer.Observing.Live;
using AspireLB.LoadBalancer.Picking;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>The attempts of one request: which backends it tried, how the last one ended, and whether there is to be another.</summary>
/// <param name="context">The request.</param>
/// <param name="cluster">Its cluster.</param>
/// <param name="bound">The backends its session is bound to; null: any that are available.</param>
/// <param name="policies">Chooses a backend.</param>
/// <param name="observer">Learns what became of each attempt.</param>
internal sealed class RequestAttempts(HttpContext context, Cluster cluster, AvailableBackends? bound, PickingPolicies policies, AttemptObserver observer)
    : IAttemptFeature, IPlaceSeeker, IRequestTrail
{
    private readonly bool _isRepeatable = Repeatability.Of(context.Request);
    private List<Backend>? _tried;
    private List<AttemptTrace>? _repeated;
    private Backend? _backend;
    private long _began;
    private long _turn = -1;
    private int _counted;
    private bool _ended;

    /// <summary>The cluster's options when the request came; a reload does not change a request under way.</summary>
    public ClusterOptions Options { get; } = cluster.Options;

    public string ClusterId => cluster.Id;

    public long Arrived { get; } = observer.Timestamp();

    /// <summary>Attempts made.</summary>
    public int Count { get; private set; }

    /// <summary>How the last attempt ended.</summary>
    public AttemptResult Result { get; private set; }

    /// <summary>Whether the last attempt is to be followed by another.</summary>
    public bool Repeats { get; private set; }

    public TimeSpan? Timeout => Options.Retry.PerAttemptTimeout;

    public ReadOnlyMemory<byte>? BufferedBody { get; set; }

    /// <summary>Backends for the next attempt: untried ones first; when all were tried, those that talked may be asked once more.</summary>
    public AvailableBackends Candidates
    {
        get
        {
            var available = bound ?? cluster.Available;
            if (_tried is null)
                return available;
            var untried = available.Except(_tried);
            return untried.Count == 0 && Result.Progress != AttemptProgress.NeverConnected ? available : untried;
        }
    }

    public CancellationToken ClientGone => context.RequestAborted;

    public Backend Pick(AvailableBackends free)
    {
        if (_turn < 0)
            _turn = cluster.NextTurn();
        return policies.Pick(context, cluster, free, _turn);
    }

    /// <summary>An attempt begins at a backend whose place has been taken.</summary>
    public void Begin(Backend backend)
    {
        Count++;
        Repeats = _ended = false;
        Result = default;
        _backend = backend;
        _began = observer.Timestamp();
    }

    public bool WillRepeat(AttemptResult result)
    {
        if (result.Progress == AttemptProgress.HeadReceived)
            observer.Answered(cluster, _backend!, _began);
        if (!RetryDecision.IsFailure(result, Options.Retry))
            return false;

        Result = result;
        (_tried ??= []).Add(_backend!);
        if (!RetryDecision.IsFree(result))
            _counted++;
        var situation = new RetrySituation(_counted, Candidates.Count, _isRepeatable, BufferedBody is not null);
        Repeats = RetryDecision.ShouldRepeat(result, situation, Options.Retry)
            && (!RetryDecision.DrawsOnBudget(result) || cluster.Budget.TryWithdraw(Options.Retry));
        return Repeats;
    }

    public void Ended(AttemptResult result)
    {
        _ended = true;
        Result = result;
        if (Repeats)
            (_repeated ??= []).Add(new(_backend!.Name, result, _began, observer.Timestamp()));
        observer.Ended(cluster, _backend!, result, isFailure: RetryDecision.IsFailure(result, Options.Retry), Repeats);
    }

    public IEnumerable<AttemptTrace> Traces(long ended) =>
        _backend is null || Repeats ? _repeated ?? [] : [.. _repeated ?? [], new(_backend.Name, Result, _began, ended)];

    /// <summary>Gives the place back of an attempt that an exception ended before the forwarder could say how; nobody is to blame for it.</summary>
    public void EndIfForgotten()
    {
        if (!_ended)
            Ended(new(AttemptProgress.NoResponse, AttemptFailure.Client));
    }
}
