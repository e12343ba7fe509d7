using System.Runtime.CompilerServices;
using AspireLB.LoadBalancer.Forwarding.Connecting;
using AspireLB.LoadBalancer.Forwarding.Http1;
using AspireLB.LoadBalancer.Sockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace AspireLB.LoadBalancer.Forwarding;

/// <content>One request and its response on one connection.</content>
internal sealed partial class Attempt
{
    /// <summary>A buffered body up to this size goes out in one piece with the head.</summary>
    private const int JoinedBodyBytes = 64 * 1024;

    /// <summary>Interim responses before the final one; more are a fault.</summary>
    private const int MaxInterimResponses = 100;

    [AsyncMethodBuilder(typeof(ReusedAsyncMethodBuilder<>))]
    private async ValueTask<ExchangeResult> ExchangeAsync(BackendConnection connection, bool isReused)
    {
        var isClean = false;
        PendingBody? pending = null;
        var watch = _clientGone.UnsafeRegister(static state => ((BackendConnection)state!).Abort(AbortReason.ClientGone), connection);
        try
        {
            if (!TryWriteHead(out var request))
            {
                _exception = new BadHttpRequestException("The request cannot be passed on in HTTP/1.1.");
                isClean = true;
                return new(new(AttemptProgress.NothingSent, AttemptFailure.Client));
            }

            connection.Deadline.Set(Within(_timeouts.Idle));
            var isOnceOnly = isReused && !IsRepeatable;
            if (isOnceOnly && !connection.Transport.IsQuietNow)
            {
                Buffers.Return(request.Buffer);
                _backend.Pool.Closed(connection);
                return new(new(AttemptProgress.NothingSent, AttemptFailure.Connection), IsStale: true);
            }

            // Between that look and the sending lies next to nothing.
            var sent = isOnceOnly
                ? await connection.Transport.SendAtOnceAsync(request.Buffer, request.Length)
                : await connection.Transport.SendAndReturnAsync(request.Buffer, request.Length);
            if (sent && _body is { Length: > JoinedBodyBytes } body)
                sent = await connection.Transport.SendAsync(body);
            if (sent && IsStreamed)
                pending = new(_context, connection, _framing, _timeouts.Idle, Within(_timeouts.ResponseHead), _time);
            else
                connection.Deadline.Set(Within(_timeouts.ResponseHead));

            var (progress, failure) = await ReceiveHeadAsync(connection, pending);
            if (progress != AttemptProgress.HeadReceived)
            {
                var isClosed = isReused && progress == AttemptProgress.NoResponse && failure == AttemptFailure.Connection;
                if (isClosed && connection.AbortReason == AbortReason.None)
                    _backend.Pool.Closed(connection);
                return new(await FailedAsync(connection, pending, progress, failure), isClosed && IsRepeatable);
            }

            var head = connection.Parser.Head;
            var answered = Answered(head);
            if (_feature is not null && _feature.WillRepeat(answered))
            {
                isClean = sent && pending is null or { IsComplete: true } && SkipsBody(connection, head);
                return new(answered);
            }

            var end = await RelayAsync(connection, head);
            if (end != RelayEnd.Complete)
                return new(await BrokenOffAsync(connection, pending, head.StatusCode, end));

            isClean = sent && pending is null or { IsComplete: true } && IsReusable(connection, head);
            return new(answered with { Progress = AttemptProgress.Completed });
        }
        finally
        {
            await watch.DisposeAsync();
            if (pending is not null)
                await pending.StopAsync();
            if (isClean && connection.AbortReason == AbortReason.None)
                _backend.Pool.Return(connection, IdleLifetimeOf(connection.Parser.Head));
            else
                _backend.Pool.Discard(connection);
        }
    }

    private static AttemptResult Answered(ResponseHead head) => new(AttemptProgress.HeadReceived, AttemptFailure.None, head.StatusCode)
    {
        RetryAfter = head.StatusCode == StatusCodes.Status503ServiceUnavailable ? head.Find(HeaderNames.RetryAfter) : null,
    };

    private bool IsStreamed => _body is null && (_framing.IsChunked || _framing.ContentLength > 0);

    private bool TryWriteHead(out ByteWriter request)
    {
        if (_racer is null)
            return TryWrite(out request);

        request = default;
        lock (_racer.Gate)
            return _racer.TakesTurn() && TryWrite(out request);
    }

    private bool TryWrite(out ByteWriter request)
    {
        request = new(Buffers.Rent(Buffers.Small));
        if (!RequestHeadWriter.TryWrite(ref request, _context, _request, _backend, _plan, _framing, _span))
        {
            Buffers.Return(request.Buffer);
            return false;
        }

        if (_body is { Length: > 0 and <= JoinedBodyBytes } body)
            request.Write(body.Span);
        return true;
    }

    [AsyncMethodBuilder(typeof(ReusedAsyncMethodBuilder<>))]
    private async ValueTask<(AttemptProgress Progress, AttemptFailure Failure)> ReceiveHeadAsync(BackendConnection connection, PendingBody? pending)
    {
        var isFirst = true;
        for (var interim = 0; interim < MaxInterimResponses;)
        {
            var parse = connection.Parser.TryParse(connection.Received, out var consumed);
            if (parse == HeadParse.Invalid)
                return (AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse);

            if (parse == HeadParse.Complete)
            {
                connection.Start += consumed;
                if (!connection.Parser.Head.IsInterim)
                {
                    pending?.Forgo();
                    return (AttemptProgress.HeadReceived, AttemptFailure.None);
                }

                // Switching protocols was not asked for: requests that do go to YARP's forwarder.
                if (connection.Parser.Head.StatusCode == StatusCodes.Status101SwitchingProtocols)
                    return (AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse);
                if (connection.Parser.Head.StatusCode == StatusCodes.Status100Continue)
                    pending?.Begin();
                interim++;
                continue;
            }

            await connection.WaitForDataAsync();
            var received = await connection.ReceiveAsync();
            if (received <= 0)
                return (isFirst ? AttemptProgress.NoResponse : AttemptProgress.BrokenOff, AttemptFailure.Connection);

            connection.End += received;
            isFirst = false;
        }

        return (AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse);
    }

    private ValueTask<RelayEnd> RelayAsync(BackendConnection connection, ResponseHead head)
    {
        ResponseHeadRelay.Apply(head, _isHead, _context.Features.GetRequiredFeature<IHttpResponseFeature>());
        if (_plan.ResponseTransforms.Count > 0)
            return RelayTransformedAsync(connection, head);

        return RelayBodyAsync(connection, head);
    }

    private async ValueTask<RelayEnd> RelayTransformedAsync(BackendConnection connection, ResponseHead head)
    {
        foreach (var transform in _plan.ResponseTransforms)
            await transform.ApplyAsync(new ResponseTransformContext { HttpContext = _context, HeadersCopied = true, CancellationToken = _clientGone });
        return await RelayBodyAsync(connection, head);
    }

    private ValueTask<RelayEnd> RelayBodyAsync(BackendConnection connection, ResponseHead head)
    {
        var framing = head.FramingFor(_isHead);
        if (framing == BodyFraming.None)
            return new(RelayEnd.Complete);

        var body = _context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        if (!_allowsBuffering)
            body.DisableBuffering();
        var relay = new ResponseBodyRelay(connection, body, _context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), _timeouts.Idle);
        return framing switch
        {
            BodyFraming.Length => relay.RelayLengthAsync(head.ContentLength),
            BodyFraming.Chunked => relay.RelayChunksAsync(_context.Features.Get<IHttpResponseTrailersFeature>()),
            _ => relay.RelayLengthAsync(long.MaxValue),
        };
    }
}
