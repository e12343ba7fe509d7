using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>Says in YARP's terms, and to the client, how an attempt ended that was not repeated.</summary>
internal static class Outcome
{
    /// <summary>
    /// Tells YARP what happened, and ends the response: by an error status where nothing was sent yet, otherwise by breaking the client's
    /// connection off, so that a part is never taken for the whole.
    /// </summary>
    public static ForwarderError Report(HttpContext context, AttemptResult result, Exception? exception)
    {
        var error = ErrorOf(result, exception);
        var mustBreakOff = context.Response.HasStarted || (result.StatusCode > 0 && HoldsBody(context.Response));
        context.Features.Set<IForwarderErrorFeature>(new ErrorFeature(error, exception, mustBreakOff));
        if (mustBreakOff)
        {
            BreakOff(context, isClientsDoing: result.Failure == AttemptFailure.Client);
            return error;
        }

        context.Response.Clear();
        context.Response.StatusCode = StatusOf(result, exception);
        return error;
    }

    /// <summary>Tells YARP about an attempt that is going to be repeated; the response is left alone.</summary>
    public static ForwarderError ReportRetried(HttpContext context, AttemptResult result, Exception? exception)
    {
        var error = ErrorOf(result, exception);
        context.Features.Set<IForwarderErrorFeature>(new ErrorFeature(error, exception, HasBrokenOff: false));
        return error;
    }

    /// <summary>Whether the client's connection was broken off, so that nothing can be written any more; also before anything was sent.</summary>
    public static bool HasBrokenOff(HttpContext context) => context.Features.Get<IForwarderErrorFeature>() is ErrorFeature { HasBrokenOff: true };

    private static ForwarderError ErrorOf(AttemptResult result, Exception? exception) => result switch
    {
        { Failure: AttemptFailure.Client } when exception is not null => ForwarderError.RequestBodyClient,
        { Failure: AttemptFailure.Client, StatusCode: > 0 } => ForwarderError.ResponseBodyClient,
        { Failure: AttemptFailure.Client } => ForwarderError.RequestCanceled,
        { StatusCode: > 0 } => ForwarderError.ResponseBodyDestination,
        { Failure: AttemptFailure.Timeout } => ForwarderError.RequestTimedOut,
        _ => ForwarderError.Request,
    };

    private static int StatusOf(AttemptResult result, Exception? exception) => result.Failure switch
    {
        AttemptFailure.Client => exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest,
        AttemptFailure.Timeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status502BadGateway,
    };

    /// <summary>Whether part of a body is written already, which cannot be taken back even though it has not been sent.</summary>
    private static bool HoldsBody(HttpResponse response) => response.BodyWriter is not { CanGetUnflushedBytes: true, UnflushedBytes: 0 };

    private static void BreakOff(HttpContext context, bool isClientsDoing)
    {
        // RFC 9113, section 7: INTERNAL_ERROR and CANCEL.
        const int internalError = 2;
        const int cancel = 8;
        if (context.Features.Get<IHttpResetFeature>() is { } stream)
            stream.Reset(isClientsDoing ? cancel : internalError);
        else
            context.Abort();
    }

    private sealed record ErrorFeature(ForwarderError Error, Exception? Exception, bool HasBrokenOff) : IForwarderErrorFeature;
}
