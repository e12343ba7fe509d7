using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.ServiceDefaults;

/// <summary>Writes the response of a health endpoint. The status code is already set from the report.</summary>
internal static partial class HealthResponse
{
    private const string ServiceUnavailable = "https://tools.ietf.org/html/rfc9110#section-15.6.4";

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
        var problem = new Details(
            ServiceUnavailable,
            "Service Unavailable",
            context.Response.StatusCode,
            string.Join("; ", reasons.Select(reason => $"{reason.Key}: {reason.Value}")),
            reasons,
            Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
        return context.Response.WriteAsJsonAsync(problem, Json.Default.Details, "application/problem+json");
    }

    private sealed record Details(string Type, string Title, int Status, string Detail, Dictionary<string, string> Reasons, string TraceId);

    // Generated, since a native program cannot find the members by reflection.
    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Details))]
    private sealed partial class Json : JsonSerializerContext;
}
