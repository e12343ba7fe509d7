using System.Diagnostics;
using System.Net.Sockets;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// YarpPath connects YARP's own forwarder to the retry loop, as our own path is: the loop decides before a response head passes, and YARP's errors
/// become named results. It also removes the fields that <c>Connection</c> nominates, which YARP would forward.
/// </summary>
internal sealed class YarpPath(IHttpForwarder yarp, TimeProvider time)
{
    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker client, ForwarderRequestConfig config, HttpTransformer transformer,
        CancellationToken cancellation)
    {
        HopByHop.RemoveNominated(context.Request.Headers.Connection, name => context.Request.Headers.Remove(name));
        return context.Features.Get<IAttemptFeature>() is { } feature
            ? AttemptAsync(context, destinationPrefix, client, config, transformer, feature, cancellation)
            : yarp.SendAsync(context, destinationPrefix, client, config, transformer, cancellation);
    }

    private async ValueTask<ForwarderError> AttemptAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker client, ForwarderRequestConfig config, HttpTransformer transformer,
        IAttemptFeature feature, CancellationToken cancellation)
    {
        var span = BackendAddress.TryParse(destinationPrefix, out var address)
            ? AttemptSpan.Start(context.Features.GetRequiredFeature<IHttpRequestFeature>(), address, context)
            : null;
        var isStreamed = IsStreamed(context, feature);
        using var limit = new CancellationTokenSource(isStreamed ? Timeout.InfiniteTimeSpan : feature.Timeout ?? Timeout.InfiniteTimeSpan, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var asking = new AskingTransformer(transformer, feature, span, limit);
        var body = context.Request.Body;
        if (feature.BufferedBody is { } buffered)
            context.Request.Body = new MemoryStream(buffered.ToArray(), writable: false);
        else if (isStreamed && feature.Timeout is { } timeout)
            context.Request.Body = new ClientBody(body, () => asking.LimitHead(timeout));
        if (!IsTunnel(context) && config.ActivityTimeout is null && feature.Timeouts is { } timeouts)
            config = config with { ActivityTimeout = timeouts.Idle > timeouts.ResponseHead ? timeouts.Idle : timeouts.ResponseHead };

        var error = await yarp.SendAsync(context, destinationPrefix, client, config, asking, both.Token);
        context.Request.Body = body;

        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        var result = asking.IsDropped ? new(AttemptProgress.HeadReceived, AttemptFailure.None, asking.StatusCode)
            : asking.IsComplete ? new(AttemptProgress.Completed, AttemptFailure.None, asking.StatusCode)
            : IsBackendsReset(exception) ? new(AttemptProgress.BrokenOff, AttemptFailure.Connection, asking.StatusCode)
            : ResultOf(error, exception, asking.StatusCode, limit.IsCancellationRequested);
        if (error != ForwarderError.None && asking.StatusCode == 0 && !context.Response.HasStarted)
        {
            if (feature.DecideRetry(result))
                context.Response.Clear();
            else if (result.Failure == AttemptFailure.Timeout)
                context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
        }

        // The head was never passed on, and YARP has set the status of a client error.
        if (result is { Progress: AttemptProgress.BrokenOff, Failure: AttemptFailure.Connection } && !context.Response.HasStarted)
            context.Response.StatusCode = StatusCodes.Status502BadGateway;

        AttemptSpan.Stop(span, result);
        feature.Ended(result);
        return error;
    }

    /// <summary>Whether the request may become a tunnel, whose pauses belong to another protocol.</summary>
    private static bool IsTunnel(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } || HttpMethods.IsConnect(context.Request.Method);

    /// <summary>Whether the body is streamed from the client, whose pauses must not count against the backend.</summary>
    private static bool IsStreamed(HttpContext context, IAttemptFeature feature) =>
        feature.BufferedBody is null && !IsTunnel(context) && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    /// <summary>Translates YARP's error into how far the attempt got and whose fault the failure was.</summary>
    private static AttemptResult ResultOf(ForwarderError error, Exception? exception, int status, bool isOverTime) => error switch
    {
        ForwarderError.None when status == 0 => new(AttemptProgress.NothingSent, AttemptFailure.None),
        ForwarderError.None => new(AttemptProgress.Completed, AttemptFailure.None, status),
        ForwarderError.RequestCreation => new(AttemptProgress.NeverConnected, AttemptFailure.Client),
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled when isOverTime =>
            new(AttemptProgress.NoResponse, AttemptFailure.Timeout),
        ForwarderError.RequestTimedOut when IsConnecting(exception) => new(AttemptProgress.NeverConnected, AttemptFailure.Timeout),
        ForwarderError.RequestTimedOut => new(AttemptProgress.NoResponse, AttemptFailure.Timeout),
        ForwarderError.Request => FailedRequest(exception),
        ForwarderError.RequestBodyDestination when status == 0 => new(AttemptProgress.NoResponse, AttemptFailure.Connection),
        ForwarderError.UpgradeActivityTimeout => new(AttemptProgress.BrokenOff, AttemptFailure.Timeout, status),
        ForwarderError.ResponseHeaders => new(AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse, status),
        ForwarderError.ResponseBodyDestination or ForwarderError.UpgradeRequestDestination or ForwarderError.UpgradeResponseDestination
            or ForwarderError.RequestBodyDestination => new(AttemptProgress.BrokenOff, AttemptFailure.Connection, status),
        _ => new(status == 0 ? AttemptProgress.NoResponse : AttemptProgress.BrokenOff, AttemptFailure.Client, status),
    };

    /// <summary>
    /// Whether the backend reset the stream within its response. The reset also cancels the copying of a request body that has not ended. YARP
    /// reports what it sees first, which can be this cancellation, as if the client had caused it; the response's failure is then the second inner
    /// exception. Whether the client has closed does not tell: YARP aborts the client's request in both cases. A client that closes causes a plain
    /// IOException, "the request was aborted".
    /// </summary>
    private static bool IsBackendsReset(Exception? exception) =>
        exception is AggregateException
        {
            InnerExceptions: [OperationCanceledException, HttpIOException or IOException { InnerException: SocketException }],
        };

    private static AttemptResult FailedRequest(Exception? exception) => (exception as HttpRequestException)?.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => new(AttemptProgress.NeverConnected, AttemptFailure.Connection),
        HttpRequestError.SecureConnectionError => new(AttemptProgress.NeverConnected, AttemptFailure.Untrusted),
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded =>
            new(AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse),
        _ => new(AttemptProgress.NoResponse, AttemptFailure.Connection),
    };

    /// <summary>
    /// Whether connecting timed out: the handler then puts a TimeoutException inside the cancellation, the activity timeout does not.
    /// </summary>
    private static bool IsConnecting(Exception? exception) => exception is OperationCanceledException { InnerException: TimeoutException };

    /// <summary>AskingTransformer asks the retry loop for its decision before it applies the route's transformer.</summary>
    private sealed class AskingTransformer(HttpTransformer route, IAttemptFeature feature, Activity? span, CancellationTokenSource limit)
        : HttpTransformer
    {
        /// <summary>Whether the response was dropped for a retry.</summary>
        public bool IsDropped { get; private set; }

        /// <summary>
        /// Whether the whole response was received. A server that responds before it has read the whole request may then reset the request's
        /// stream (RFC 9113, section 8.1). YARP reports that as a failure to send, but the response is complete.
        /// </summary>
        public bool IsComplete { get; private set; }

        /// <summary>Status of the response head; 0 until it has been received.</summary>
        public int StatusCode { get; private set; }

        /// <summary>Starts the timeout for the response head, unless the head has been received.</summary>
        public void LimitHead(TimeSpan timeout)
        {
            lock (limit)
            {
                if (StatusCode == 0)
                    limit.CancelAfter(timeout);
            }
        }

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await route.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            BelievedFields.Restore(httpContext, proxyRequest.Headers);
            if (span is not null)
                TraceFields.Set(proxyRequest.Headers, span);
            else if (!feature.UnrecordedTrace.IsNone)
                proxyRequest.Headers.TryAddWithoutValidation(HeaderNames.TraceParent, feature.UnrecordedTrace.ToString());
        }

        public override ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (proxyResponse is null)
                return route.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

            lock (limit)
            {
                StatusCode = (int)proxyResponse.StatusCode;
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            HopByHop.RemoveNominated(proxyResponse.Headers.Connection, name => Remove(proxyResponse, name));
            if (!feature.DecideRetry(new(AttemptProgress.HeadReceived, AttemptFailure.None, StatusCode)))
                return TransformAsync(httpContext, proxyResponse, cancellationToken);

            IsDropped = true;

            // YARP has copied the status and reason. Only the route's transformer copies the fields.
            httpContext.Response.StatusCode = StatusCodes.Status200OK;
            httpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = null;
            return new(false);
        }

        private async ValueTask<bool> TransformAsync(HttpContext context, HttpResponseMessage response, CancellationToken cancellation)
        {
            var passesBody = await route.TransformResponseAsync(context, response, cancellation);

            // A tunnel is read and written at once, so its content stays as it is. A backend that speaks HTTP/2 accepts a WebSocket with status 200.
            if (StatusCode != StatusCodes.Status101SwitchingProtocols && !IsTunnel(context))
                response.Content = new HeadFirstContent(response.Content, context.Response);
            return passesBody;
        }

        // YARP calls this after it has copied the whole body, even without trailers.
        public override ValueTask TransformResponseTrailersAsync(
            HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
        {
            IsComplete = true;
            return route.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
        }

        private static void Remove(HttpResponseMessage response, string name)
        {
            // A header collection throws when asked for a name that does not belong in it.
            if (!response.Headers.NonValidated.Contains(name) || !response.Headers.Remove(name))
                response.Content.Headers.Remove(name);
        }
    }
}
