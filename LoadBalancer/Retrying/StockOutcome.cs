using AspireLB.LoadBalancer.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>The outcome of an attempt by YARP's own forwarder, read from what it leaves on the request.</summary>
internal static class StockOutcome
{
    public static AttemptResult Of(HttpContext context)
    {
        if (context.Features.Get<IForwarderErrorFeature>() is not { } error)
            return new(AttemptProgress.Completed, AttemptFailure.None, context.Response.StatusCode);

        var connecting = error.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
        return error.Error switch
        {
            ForwarderError.RequestCanceled or ForwarderError.RequestBodyClient => new(AttemptProgress.NoResponse, AttemptFailure.Client),
            ForwarderError.RequestTimedOut => new(AttemptProgress.NoResponse, AttemptFailure.Timeout),
            _ when connecting => new(AttemptProgress.NeverConnected, AttemptFailure.Connection),
            _ => new(context.Response.HasStarted ? AttemptProgress.BrokenOff : AttemptProgress.NoResponse, AttemptFailure.Connection),
        };
    }
}
