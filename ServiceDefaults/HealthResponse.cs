using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.ServiceDefaults;

/// <summary>Writes the response of a health endpoint. The status code is already set from the report.</summary>
internal static class HealthResponse
{
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        if (report.Status != HealthStatus.Unhealthy)
        {
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync(report.Status.ToString());
        }

        var reasons = report.Entries
            .Where(check => check.Value.Status == HealthStatus.Unhealthy)
            .ToDictionary(check => check.Key, check => check.Value.Description ?? check.Value.Exception?.Message ?? "failed");
        var problem = TypedResults.Problem(
            statusCode: context.Response.StatusCode,
            title: "Service Unavailable",
            detail: string.Join("; ", reasons.Select(reason => $"{reason.Key}: {reason.Value}")),
            extensions: new Dictionary<string, object?>
            {
                ["reasons"] = reasons,
                ["traceId"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
            });
        return problem.ExecuteAsync(context);
    }
}
