using System.Text.Json;
using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.WebUtilities;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Gives errors without a body, from routing, binding or a handler, the same problem details as all others.</summary>
internal sealed partial class AdminProblems(RequestDelegate next, ILogger<AdminProblems> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var response = context.Response;
        try
        {
            await next(context);
            if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await Problem.WriteKeepingHeadersAsync(context, response.StatusCode, ReasonPhrases.GetReasonPhrase(response.StatusCode));
        }
        catch (AdminFailure failure) when (!response.HasStarted)
        {
            await Problem.WriteAsync(context, failure.Status, failure.Message);
        }
        catch (InvalidConfigurationException invalid) when (!response.HasStarted)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status422UnprocessableEntity,
                "The configuration has errors; nothing was changed.",
                [.. invalid.Errors.Select(error => error.ToString())]);
        }
        catch (BadHttpRequestException bad) when (!response.HasStarted)
        {
            await Problem.WriteAsync(context, bad.StatusCode, Explain(bad));
        }
        catch (Exception exception) when (!response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            Log.Failed(logger, exception, context.Request.Method, context.Request.Path);
            await Problem.WriteAsync(context, StatusCodes.Status500InternalServerError, "The call failed; the balancer's log has the reason.");
        }
    }

    // The serializer's messages name internal types, so give only the position.
    private static string Explain(BadHttpRequestException bad) => bad switch
    {
        { InnerException: JsonException json } =>
            $"The body is invalid at {json.Path ?? "$"} (line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}).",
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => "The body must be application/json.",
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => "The body is too large.",
        _ => "The request or its body is invalid.",
    };

    private static partial class Log
    {
        [LoggerMessage(22, LogLevel.Error, "Admin API: {Method} {Path} failed", EventName = "AdminRequestFailed")]
        public static partial void Failed(ILogger logger, Exception exception, string method, string path);
    }
}
