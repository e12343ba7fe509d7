using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>Outcome reports to YARP, and to the client, how an attempt failed.</summary>
internal static class Outcome
{
    /// <summary>
    /// Reports an attempt that is not retried: sets YARP's error feature and ends the response. If nothing was sent yet the client gets an error
    /// status. Otherwise its connection is aborted, so that it never takes a partial response for a complete one.
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

    /// <summary>Reports an attempt that is retried: sets YARP's error feature and leaves the response unchanged.</summary>
    public static ForwarderError ReportRetried(HttpContext context, AttemptResult result, Exception? exception)
    {
        var error = ErrorOf(result, exception);
        context.Features.Set<IForwarderErrorFeature>(new ErrorFeature(error, exception, HasBrokenOff: false));
        return error;
    }

    /// <summary>Whether the client's connection was aborted, possibly before anything was sent. Nothing more can be written to it.</summary>
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

    /// <summary>Whether part of a body has been written, which cannot be undone even if it has not been sent.</summary>
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
