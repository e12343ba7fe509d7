using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Checks that a response has problem details in the project's form.</summary>
internal static class ProblemAssert
{
    /// <returns>The title.</returns>
    public static async Task<string> IsAsync(int status, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = (await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!;
        Assert.Equal(status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["traceId"]!);
        var title = (string)problem["title"]!;
        Assert.NotEmpty(title);
        Assert.DoesNotContain("AspireLB", problem.ToJsonString(), StringComparison.Ordinal); // no type names, no stack traces
        return title;
    }
}
