using System.Diagnostics;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.Balancing.Forwarding.Routes;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// Attempt sends one request to one backend over HTTP/1.1 and relays the response to the client. Objects are pooled: the same one serves
/// attempt after attempt.
/// </summary>
/// <remarks>
/// The steps of one attempt; the numbers stand again beside the code.
/// <code>
///   client                     balancer                          backend
///     │                           │ (0) read the request             │
///     │                           │ (1) idle connection, or open ───►│
///     │ ─ ─ (2) client closes ─ ─ ► abort                            │
///     │                           │ (3) write the request's head     │
///     │                           │ (4) still open? if not, (1)      │
///     │                           │ ──── (5) head, buffered body ───►│
///     │ ───── (6) streamed body ──┼─────────────────────────────────►│
///     │                           │ ◄──────────── (7) response head ─│
///     │                           │ (8) no head: failed, or back     │
///     │                           │     to (1) on a new connection   │
///     │                           │ (9) retry, or pass it on?        │
///     │ ◄─────────────────────────┼─────────── (10) head and body ── │
///     │                           │ (11) return or close connection  │
///     │                           │ (12) report the result           │
/// </code>
/// <list type="bullet">
/// <item>(0) Start reads the request's features and timeouts, chooses the body's framing and starts the attempt's span.</item>
/// <item>(1) RunAsync takes an idle connection from the backend's pool; OpenAsync opens one if there is none.</item>
/// <item>(2) From here to (11), a client that closes its connection aborts the exchange.</item>
/// <item>(3) The request's head is written into a buffer. In a race, only an attempt that has not lost writes it.</item>
/// <item>(4) Before a request that can't be retried, a reused connection is checked again. If the backend has closed it since (1), the attempt goes
/// back to (1) on a new connection.</item>
/// <item>(5) Head and buffered body are sent; a body of up to 64 KiB is sent in one piece with the head.</item>
/// <item>(6) A body that is not buffered is sent as it arrives from the client, while (7) waits.</item>
/// <item>(7) The response's head is received. Interim responses are skipped; <c>100 Continue</c> starts (6) if the client waits for it.</item>
/// <item>(8) Without a head the attempt has failed. If the backend closed a reused connection before the first byte of a response, an
/// idempotent request that is still at hand goes back to (1) on a new connection.</item>
/// <item>(9) The retry loop decides on the response before any of it reaches the client: it is passed on, or dropped for a retry.</item>
/// <item>(10) Head and body are relayed to the client.</item>
/// <item>(11) The body (6) is stopped if it is still being sent, and the connection returns to the pool or is closed.</item>
/// <item>(12) The result goes to the retry loop, to YARP and to the span. An error that is not retried becomes the client's response.</item>
/// </list>
/// </remarks>
internal sealed partial class Attempt
{
    private HttpContext _context = null!;
    private IHttpRequestFeature _request = null!;
    private Upstream _backend = null!;
    private RoutePlan _plan = null!;
    private TimeoutOptions _timeouts = null!;
    private TimeProvider _time = null!;
    private IAttemptFeature? _feature;
    private Racer? _racer;
    private Activity? _span;
    private CancellationToken _clientGone;
    private RequestFraming _framing;
    private ReadOnlyMemory<byte>? _body;
    private Exception? _exception;
    private ObjectPool<Attempt>? _pool;
    private long _headDue;
    private bool _isHead;
    private bool _allowsBuffering;

    /// <summary>The race in which a second attempt may join this one; null: none.</summary>
    public IRace? Race => _feature?.Race;

    /// <summary>This attempt's side of the race; null if it runs alone.</summary>
    public Racer? Racer => _racer;

    /// <summary>Step (0): reads what the attempt needs from the request.</summary>
    public void Start(
        HttpContext context, Upstream backend, RoutePlan plan, TimeoutOptions timeouts, ForwarderRequestConfig config, TimeProvider time,
        IAttemptFeature? rival = null)
    {
        _context = context;
        _request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        _backend = backend;
        _plan = plan;
        _timeouts = timeouts;
        _time = time;
        _allowsBuffering = config.AllowResponseBuffering ?? false;
        _feature = rival ?? context.Features.Get<IAttemptFeature>();
        _racer = _feature?.Racer;
        _clientGone = ClientGoneToken(context, _request);
        if (_racer is not null)
            _clientGone = _racer.TryEnd(_clientGone);
        _body = _feature?.BufferedBody;
        _isHead = HttpMethods.IsHead(_request.Method);
        _framing = RequestBody.FramingOf(context, _request.Headers, _request.Method, _body);
        _headDue = _feature?.Timeout is { } timeout ? time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency) : long.MaxValue;
        _span = AttemptSpan.Start(_request, backend.Address, context);
        if (rival is not null)
            AttemptSpan.MarkHedge(_span);
    }

    /// <summary>Steps (1) to (12).</summary>
    /// <param name="pool">The pool that this object returns to afterwards; null if the caller keeps it.</param>
    public ValueTask<ForwarderError> RunAsync(ObjectPool<Attempt>? pool)
    {
        _pool = pool;

        // (1) Take an idle connection, or open one.
        return _backend.TryTakeConnection(isOnceOnly: IsStreamed || !IsIdempotent(_request.Method)) is { } connection
            ? ExchangeAsync(connection, isReused: true)
            : OpenAsync();
    }

    /// <summary>Drops all references, so that the object can be pooled.</summary>
    public void Clear()
    {
        _context = null!;
        _request = null!;
        _backend = null!;
        _feature = null;
        _racer = null;
        _span = null;
        _clientGone = default;
        _body = null;
        _exception = null;
    }

    private async ValueTask<ForwarderError> OpenAsync()
    {
        var (connection, failure) = await _backend.Pool.OpenAsync(Within(_timeouts.Connect), _clientGone);
        return connection is null ? Finish(new(AttemptProgress.NeverConnected, failure)) : await ExchangeAsync(connection, isReused: false);
    }

    /// <summary>Step (12): reports the result, and returns this object to its pool.</summary>
    private ForwarderError Finish(AttemptResult result)
    {
        try
        {
            return Report(result);
        }
        finally
        {
            _pool?.Return(this);
        }
    }

    private ForwarderError Report(AttemptResult result)
    {
        var error = ForwarderError.None;
        if (_racer is { HasLost: true })
        {
            // The request belongs to the other attempt, which alone reports on it.
            result = result with { Failure = AttemptFailure.Overtaken };
        }
        else if (result.Failure != AttemptFailure.None)
        {
            // Once a head was received, (9) has asked already, and a later failure cannot be retried.
            var isRetried = result.StatusCode == 0 && _feature is not null && _feature.DecideRetry(result);
            if (!isRetried)
                error = Outcome.Report(_context, result, _exception);
            else if (_racer is null)
                error = Outcome.ReportRetried(_context, result, _exception);
        }

        AttemptSpan.Stop(_span, result);
        _feature?.Ended(result);
        return error;
    }

    /// <summary>The smaller of a phase's timeout and the time left until the attempt's response head is due.</summary>
    private TimeSpan Within(TimeSpan limit)
    {
        if (_headDue == long.MaxValue)
            return limit;

        var left = _time.GetElapsedTime(_time.GetTimestamp(), _headDue);
        return left < limit ? (left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1)) : limit;
    }

    /// <summary>
    /// The token that is cancelled when the client closes. For HTTP/1.x it is the connection's token, which exists already; the request's own
    /// would be allocated for each request. Both mean the same unless a middleware has replaced the request's lifetime feature.
    /// </summary>
    private static CancellationToken ClientGoneToken(HttpContext context, IHttpRequestFeature request) =>
        (HttpProtocol.IsHttp11(request.Protocol) || HttpProtocol.IsHttp10(request.Protocol))
            && ReferenceEquals(context.Features.Get<IHttpRequestLifetimeFeature>(), request)
            && context.Features.Get<IConnectionLifetimeFeature>() is { } connection
            ? connection.ConnectionClosed
            : context.RequestAborted;
}
