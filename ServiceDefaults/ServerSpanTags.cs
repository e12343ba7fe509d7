using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AspireLB.ServiceDefaults;

/// <summary>
/// Completes the server span of ASP.NET Core to the semantic conventions for HTTP
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span). ASP.NET Core 10 sets what is known when the request
/// arrives; what is known at its end is set here, from the event it publishes just before it ends the span.
/// </summary>
internal sealed class ServerSpanTags : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string Stop = Request + ".Stop";

    private readonly IDisposable? _subscription;

    /// <summary>The listener is the host's own, so that another host in the same process is left alone. None: not a web host.</summary>
    public ServerSpanTags(DiagnosticListener? listener)
        => _subscription = listener?.Subscribe(this, (name, _, _) => name.StartsWith(Request, StringComparison.Ordinal));

    public void Dispose() => _subscription?.Dispose();

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void OnNext(KeyValuePair<string, object?> e)
    {
        if (e.Key == Stop && e.Value is HttpContext context && Activity.Current is { IsAllDataRequested: true } span)
            Complete(span, context);
    }

    private static void Complete(Activity span, HttpContext context)
    {
        var status = context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        span.SetTag("network.protocol.version", context.Request.Protocol.AsSpan("HTTP/".Length).ToString());
        span.SetTag("client.address", context.Connection.RemoteIpAddress?.ToString());

        if (context.GetEndpoint()?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route is { } route)
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{span.GetTagItem("http.request.method")} {route}";
        }

        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
