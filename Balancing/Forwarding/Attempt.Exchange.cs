using System.Runtime.CompilerServices;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.Balancing.Model;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace AspireLB.Balancing.Forwarding;

/// <content>Steps (2) to (11): one request and its response on one connection.</content>
internal sealed partial class Attempt
{
    /// <summary>A buffered body up to this size is sent in one piece with the head.</summary>
    private const int JoinedBodyBytes = 64 * 1024;

    /// <summary>A backend that sends this many interim responses before the final one is faulty.</summary>
    private const int MaxInterimResponses = 100;

    private int _interim;

    /// <summary>HeadRead tells how much of a response's head has been received.</summary>
    private enum HeadRead
    {
        Partial,
        Complete,

        /// <summary>The bytes are not HTTP, or not a response to this request.</summary>
        Invalid,
    }

    // The exchange is one method because each nested async call that waits costs a small request several percent.
    [AsyncMethodBuilder(typeof(ReusedAsyncMethodBuilder<>))]
    private async ValueTask<ForwarderError> ExchangeAsync(BackendConnection connection, bool isReused)
    {
        AttemptResult result;
        var mayReuse = false;
        var isStale = false;
        PendingBody? pending = null;

        // (2) A client that closes its connection aborts the exchange.
        var watch = _clientGone.UnsafeRegister(static state => ((BackendConnection)state!).Abort(AbortReason.ClientGone), connection);
        try
        {
            connection.Deadline.Set(Within(_timeouts.Idle));

            // (3) Write the request's head.
            if (!TryWriteHead(out var request))
            {
                _exception = new BadHttpRequestException("The request cannot be forwarded as HTTP/1.1.");
                mayReuse = true;
                result = new(AttemptProgress.NothingSent, AttemptFailure.Client);
            }
            else if (isReused && !IsRetryable && !connection.Transport.IsQuietNow)
            {
                // (4) The backend has closed the connection since (1): leave it before anything is sent.
                Buffers.Return(request.Buffer);
                _backend.Pool.Closed(connection);
                result = new(AttemptProgress.NothingSent, AttemptFailure.Connection);
                isStale = true;
            }
            else
            {
                // (5) Send head and buffered body. A request that can't be retried is sent at once, so that check (4) still holds.
                var isSent = await (isReused && !IsRetryable
                    ? connection.Transport.SendAtOnceAsync(request.Buffer, request.Length)
                    : connection.Transport.SendAndReturnAsync(request.Buffer, request.Length));
                if (isSent && _body is { Length: > JoinedBodyBytes } body)
                    isSent = await connection.Transport.SendAsync(body);

                // (6) Send a streamed body while (7) waits for the response.
                if (isSent && IsStreamed)
                    pending = new(_context, connection, _framing, _timeouts.Idle, Within(_timeouts.ResponseHead), _time);
                else
                    connection.Deadline.Set(Within(_timeouts.ResponseHead));

                // (7) Receive the response's head.
                HeadRead read;
                var hasReceived = false;
                while ((read = ReadHead(connection, pending, hasReceived)) == HeadRead.Partial)
                {
                    await connection.WaitForDataAsync();
                    var received = await connection.ReceiveAsync();
                    if (received <= 0)
                        break;
                    connection.End += received;
                    hasReceived = true;
                }

                var head = connection.Parser.Head;
                if (read != HeadRead.Complete)
                {
                    // (8) No head arrived. Without an abort reason the backend closed the connection, not a timeout or the client.
                    var wasClosed = isReused && !hasReceived && read == HeadRead.Partial && connection.AbortReason == AbortReason.None;
                    if (wasClosed)
                        _backend.Pool.Closed(connection);
                    result = await FailedAsync(connection, pending, hasReceived, isInvalid: read == HeadRead.Invalid);
                    isStale = wasClosed && IsRetryable;
                }
                else if (_feature is not null && _feature.DecideRetry(ResponseOf(head)))
                {
                    // (9) The retry loop makes another attempt and this response is dropped.
                    result = ResponseOf(head);
                    mayReuse = isSent && pending is null or { IsComplete: true } && TrySkipBody(connection, head);
                }
                else if (await RelayAsync(connection, head) is not RelayEnd.Complete and var end)
                {
                    // (10) Relaying head and body failed part way.
                    result = await BrokenOffAsync(connection, pending, head.StatusCode, end);
                }
                else
                {
                    result = ResponseOf(head) with { Progress = AttemptProgress.Completed };
                    mayReuse = isSent && pending is null or { IsComplete: true } && IsReusable(connection, head);
                }
            }
        }
        finally
        {
            // (11) Stop what still runs, then return the connection or close it. Unregister fails only while the callback is running.
            if (!watch.Unregister())
                await watch.DisposeAsync();
            if (pending is not null)
                await pending.StopAsync();
            if (mayReuse && connection.AbortReason == AbortReason.None)
                _backend.Pool.Return(connection, IdleLifetimeOf(connection.Parser.Head));
            else
                _backend.Pool.Discard(connection);
        }

        // A connection that was stale in (4) or (8) is replaced by a new one, back to (1). Otherwise the attempt ends with (12).
        return isStale ? await OpenAsync() : Finish(result);
    }

    private static AttemptResult ResponseOf(ResponseHead head) => new(AttemptProgress.HeadReceived, AttemptFailure.None, head.StatusCode)
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
            return _racer.TryTakeTurn() && TryWrite(out request);
    }

    private bool TryWrite(out ByteWriter request)
    {
        request = new(Buffers.Rent(Buffers.Small));
        if (!RequestHeadWriter.TryWrite(ref request, _context, _request, _backend, _plan, _framing, _span, _feature?.UnrecordedTrace ?? default))
        {
            Buffers.Return(request.Buffer);
            return false;
        }

        if (_body is { Length: > 0 and <= JoinedBodyBytes } body)
            request.Write(body.Span);
        return true;
    }

    /// <summary>Parses the received bytes until the final response's head is complete. Interim responses are skipped.</summary>
    private HeadRead ReadHead(BackendConnection connection, PendingBody? pending, bool hasReceived)
    {
        if (!hasReceived)
            _interim = 0;
        while (connection.Start < connection.End)
        {
            var parse = connection.Parser.TryParse(connection.Received, out var consumed);
            if (parse != HeadParse.Complete)
                return parse == HeadParse.Invalid ? HeadRead.Invalid : HeadRead.Partial;

            connection.Start += consumed;
            var head = connection.Parser.Head;
            if (!head.IsInterim)
            {
                pending?.Forgo();
                return HeadRead.Complete;
            }

            // This request did not ask to switch protocols: YARP's forwarder serves those that do.
            if (head.StatusCode == StatusCodes.Status101SwitchingProtocols || ++_interim >= MaxInterimResponses)
                return HeadRead.Invalid;
            if (head.StatusCode == StatusCodes.Status100Continue)
                pending?.Begin();
        }

        return HeadRead.Partial;
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
        {
            await transform.ApplyAsync(
                new ResponseTransformContext { HttpContext = _context, HeadersCopied = true, CancellationToken = _clientGone });
        }

        return await RelayBodyAsync(connection, head);
    }

    private ValueTask<RelayEnd> RelayBodyAsync(BackendConnection connection, ResponseHead head)
    {
        var framing = head.FramingFor(_isHead);
        if (framing == ResponseFraming.None)
            return new(RelayEnd.Complete);

        var body = _context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        if (!_allowsBuffering)
            body.DisableBuffering();
        var relay = new ResponseBodyRelay(connection, body, _context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), _timeouts.Idle);
        return framing switch
        {
            ResponseFraming.Length => relay.RelayLengthAsync(head.ContentLength),
            ResponseFraming.Chunked => relay.RelayChunksAsync(_context.Features.Get<IHttpResponseTrailersFeature>()),
            _ => relay.RelayLengthAsync(long.MaxValue),
        };
    }
}
