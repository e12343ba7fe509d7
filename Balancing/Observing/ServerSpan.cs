using System.Diagnostics;
using System.Globalization;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// ServerSpan is the span of a request, by the semantic conventions for HTTP
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span). Query strings are left out because they may hold secrets.
/// </summary>
internal static class ServerSpan
{
    // A different object from the source of the attempts' spans, which are recognised by theirs. A collector sees the same name.
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    /// <summary>Begins the span, which ends with the request. It is <see cref="Activity.Current"/> from here on, for the caller too.</summary>
    /// <param name="context">The request.</param>
    /// <param name="parent">The client's span; only the trace's id if the trace begins here.</param>
    public static void Begin(HttpContext context, ActivityContext parent)
    {
        if (Source.StartActivity(SpanName.For(context.Request.Method), ActivityKind.Server, parent) is not { } span)
            return;

        context.Features.Set<IHttpActivityFeature>(new Feature { Activity = span });
        if (span.IsAllDataRequested)
            Describe(span, context.Request);
        context.Response.OnCompleted(static state => End((HttpContext)state), context);
    }

    /// <summary>Adds what is known only at the end of the request to its span.</summary>
    public static void Complete(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>() is not { Activity: { IsAllDataRequested: true } span })
            return;

        var status = context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        span.SetTag("network.protocol.version", context.Request.Protocol.AsSpan("HTTP/".Length).ToString());
        span.SetTag("client.address", context.Connection.RemoteIpAddress?.ToString());
        if (context.GetEndpoint()?.Metadata is { } endpoint)
            DescribeRoute(span, context.Request, endpoint);

        // By the conventions for servers, a 4xx is the client's fault.
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static Task End(HttpContext context)
    {
        Complete(context);
        context.Features.Get<IHttpActivityFeature>()?.Activity.Stop();
        return Task.CompletedTask;
    }

    private static void DescribeRoute(Activity span, HttpRequest request, EndpointMetadataCollection endpoint)
    {
        if (endpoint.GetMetadata<RouteModel>() is { } route)
            span.SetTag(TelemetryNames.RouteTag, route.Config.RouteId);
        if (endpoint.GetMetadata<IRouteDiagnosticsMetadata>() is { } pattern)
        {
            span.SetTag("http.route", pattern.Route);
            span.DisplayName = SpanName.For(request.Method, pattern.Route);
        }
    }

    private static void Describe(Activity span, HttpRequest request)
    {
        RequestMethod.Describe(span, request.Method);
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", request.Path.HasValue ? request.Path.Value : "/");
        if (request.Host is { HasValue: true } host)
        {
            span.SetTag("server.address", host.Host);
            span.SetTag("server.port", host.Port ?? (request.IsHttps ? 443 : 80));
        }

        if (request.Headers.UserAgent is [{ Length: > 0 } agent, ..])
            span.SetTag("user_agent.original", agent);
    }

    private sealed class Feature : IHttpActivityFeature
    {
        public required Activity Activity { get; set; }
    }
}
