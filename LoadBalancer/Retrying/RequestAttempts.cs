using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Forwarding;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>The attempts of one request: which backends it tried, how the last one ended, and whether there is to be another.</summary>
internal sealed class RequestAttempts(HttpContext context, Cluster cluster, ClusterOptions options, AvailableBackends available, AttemptObserver observer) : IAttemptFeature
{
    private readonly bool _isRepeatable = Repeatability.Of(context.Request);
    private List<Backend>? _tried;
    private Backend? _backend;
    private long _began;
    private bool _ended;

    /// <summary>Attempts made.</summary>
    public int Count { get; private set; }

    /// <summary>How the last attempt ended.</summary>
    public AttemptResult Result { get; private set; }

    /// <summary>Whether the last attempt is to be followed by another.</summary>
    public bool Repeats { get; private set; }

    /// <summary>The backends that may still be tried.</summary>
    public AvailableBackends Untried => _tried is null ? available : available.Except(_tried);

    public TimeSpan? Timeout => options.Retry.PerAttemptTimeout;

    public ReadOnlyMemory<byte>? BufferedBody { get; init; }

    public void Begin(Backend backend)
    {
        Count++;
        Repeats = false;
        _ended = false;
        _backend = backend;
        _began = observer.Begins(backend);
    }

    /// <summary>Ends an attempt whose forwarder did not say how it ended.</summary>
    public void EndWith(AttemptResult result)
    {
        if (_ended)
            return;
        if (!context.Response.HasStarted)
            WillRepeat(result);
        Ended(result);
    }

    public bool WillRepeat(AttemptResult result)
    {
        var situation = new RetrySituation(Count, available.Count - Count, _isRepeatable, BufferedBody is not null);
        Repeats = RetryDecision.ShouldRepeat(result, situation, options.Retry);
        observer.Answers(_backend!, _began, result);
        return Repeats;
    }

    public void Ended(AttemptResult result)
    {
        _ended = true;
        Result = result;
        observer.Ends(cluster, _backend!, result, isFailure: RetryDecision.IsFailure(result, options.Retry), Repeats);
        if (Repeats)
            (_tried ??= []).Add(_backend!);
    }
}
