using System.Diagnostics;
using System.Globalization;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// AttemptSpan is the client span of an attempt, by OpenTelemetry's conventions for HTTP. It is a child of the request's server span, and costs
/// nothing without a listener. It deviates in one point: a 4xx is not an error, since the balancer passes it on as the backend's response.
/// </summary>
internal static class AttemptSpan
{
    private static readonly ActivitySource Source = new("AspireLB.LoadBalancer");

    // A query may hold secrets. .NET's own HTTP client redacts it like this, and the same variable makes its instrumentation show it.
    private const string RedactedQuery = "?*";

    private static readonly bool ShowsQuery =
        bool.TryParse(Environment.GetEnvironmentVariable("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"), out var shows) && shows;

    public static Activity? Start(IHttpRequestFeature request, BackendAddress address, HttpContext context)
    {
        // A request that is not traced has no span, and its attempts must not start traces of their own.
        if (Activity.Current is not { } parent)
            return null;

        // A process that propagates a trace without recording it still passes the context to the backend.
        var span = Source.HasListeners() ? Source.StartActivity(SpanName.For(request.Method), ActivityKind.Client) : null;
        if (span is null)
            return parent;

        RequestMethod.Describe(span, request.Method);
        span.SetTag("server.address", address.SocketPath ?? address.Host);
        if (address.SocketPath is null)
            span.SetTag("server.port", address.Port);
        if (span.IsAllDataRequested)
            span.SetTag("url.full", $"{(address.IsTls ? "https" : "http")}://{address.Authority}{address.PathPrefix}{Redacted(request.RawTarget)}");

        if (context.Features.Get<IReverseProxyFeature>() is { ProxiedDestination: { } backend } proxy)
        {
            span.SetTag(TelemetryNames.ClusterTag, proxy.Cluster.Config.ClusterId);
            span.SetTag(TelemetryNames.BackendTag, backend.DestinationId);
        }

        var attempts = context.Features.Get<Count>();
        if (attempts is null)
            context.Features.Set(new Count());
        else
            span.SetTag("http.request.resend_count", ++attempts.Resends);
        return span;
    }

    public static void Stop(Activity? span, AttemptResult result)
    {
        if (span is null || span.Source != Source)
            return;

        span.SetTag(TelemetryNames.OutcomeTag, OutcomeName.For(result));
        if (result.StatusCode > 0)
            span.SetTag("http.response.status_code", result.StatusCode);
        if (result.Failure is not (AttemptFailure.None or AttemptFailure.Overtaken))
        {
            span.SetTag("error.type", NameOf(result.Failure));
            span.SetStatus(ActivityStatusCode.Error);
        }
        else if (result.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            span.SetTag("error.type", result.StatusCode.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Dispose();
    }

    /// <summary>Makes the next span a sibling of an attempt's span that is still open, not its child.</summary>
    public static void LeaveAttempt()
    {
        if (Activity.Current is { } span && span.Source == Source)
            Activity.Current = span.Parent;
    }

    /// <summary>Marks the attempt as one made beside another.</summary>
    public static void MarkHedge(Activity? span)
    {
        if (span?.Source == Source)
            span.SetTag(TelemetryNames.HedgeTag, true);
    }

    private static string Redacted(string target) =>
        !ShowsQuery && target.IndexOf('?') is >= 0 and var query ? target[..query] + RedactedQuery : target;

    private static string NameOf(AttemptFailure failure) => failure switch
    {
        AttemptFailure.Untrusted => "tls",
        AttemptFailure.Timeout => "timeout",
        AttemptFailure.InvalidResponse => "invalid_response",
        AttemptFailure.Client => "client",
        _ => "connection_error",
    };

    private sealed class Count
    {
        public int Resends { get; set; }
    }
}
