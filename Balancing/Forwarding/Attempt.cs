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
/// One attempt at one backend, from taking a connection to giving it back. The same object serves attempt after attempt.
/// </summary>
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
    private ObjectPool<Attempt>? _home;
    private long _headDue;
    private bool _isHead;
    private bool _allowsBuffering;

    /// <summary>The second attempt that may join this one.</summary>
    public IRace? Race => _feature?.Race;

    /// <summary>What this attempt heeds beside another one.</summary>
    public Racer? Racer => _racer;

    public void Start(
        HttpContext context, Upstream backend, RoutePlan plan, TimeoutOptions timeouts, ForwarderRequestConfig config, TimeProvider time, IAttemptFeature? rival = null)
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

    /// <param name="home">Where this object goes afterwards; null where it stays the caller's.</param>
    public ValueTask<ForwarderError> RunAsync(ObjectPool<Attempt>? home)
    {
        _home = home;
        return _backend.TryTakeConnection(isOnceOnly: IsStreamed || !IsIdempotent(_request.Method)) is { } connection
            ? ExchangeAsync(connection, isReused: true)
            : OpenAsync();
    }

    /// <summary>Lets go of everything, for the next use.</summary>
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

    private ForwarderError Finish(AttemptResult result)
    {
        try
        {
            return Report(result);
        }
        finally
        {
            _home?.Return(this);
        }
    }

    private ForwarderError Report(AttemptResult result)
    {
        var error = ForwarderError.None;
        if (_racer is { HasLost: true })
        {
            // The request is the other attempt's, and so is all that may be said of it.
            result = result with { Failure = AttemptFailure.Overtaken };
        }
        else if (result.Failure != AttemptFailure.None)
        {
            // Once a head is there the question has been asked, and what failed since cannot be repeated.
            var isRepeated = result.StatusCode == 0 && _feature is not null && _feature.DecideRetry(result);
            if (!isRepeated)
                error = Outcome.Report(_context, result, _exception);
            else if (_racer is null)
                error = Outcome.ReportRetried(_context, result, _exception);
        }

        AttemptSpan.Stop(_span, result);
        _feature?.Ended(result);
        return error;
    }

    /// <summary>A phase's time limit, or what is left of the attempt's own where that is less.</summary>
    private TimeSpan Within(TimeSpan limit)
    {
        if (_headDue == long.MaxValue)
            return limit;

        var left = _time.GetElapsedTime(_time.GetTimestamp(), _headDue);
        return left < limit ? (left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1)) : limit;
    }

    /// <summary>
    /// HTTP/1.x: the token of the client's connection, which is there anyway, where a request's own would be made for each. It says the same
    /// as long as the request's lifetime is the server's own and no stage has put another in its place.
    /// </summary>
    private static CancellationToken ClientGoneToken(HttpContext context, IHttpRequestFeature request) =>
        (HttpProtocol.IsHttp11(request.Protocol) || HttpProtocol.IsHttp10(request.Protocol))
            && ReferenceEquals(context.Features.Get<IHttpRequestLifetimeFeature>(), request)
            && context.Features.Get<IConnectionLifetimeFeature>() is { } connection
            ? connection.ConnectionClosed
            : context.RequestAborted;
}
