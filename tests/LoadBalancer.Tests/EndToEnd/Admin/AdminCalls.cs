using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>A response of the admin API.</summary>
internal sealed record AdminAnswer(HttpStatusCode Status, JsonNode? Body, string? ETag)
{
    public string Title => (string)Body!["title"]!;

    public string[] Strings(string key) => [.. Body![key]!.AsArray().Select(item => (string)item!)];
}

internal static class AdminCalls
{
    /// <summary>Calls the admin API with an optional JSON body and headers; every error must be problem details.</summary>
    public static async Task<AdminAnswer> CallAsync(
        this LoadBalancerProcess balancer,
        string method,
        string path,
        object? body = null,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await balancer.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var answer = new AdminAnswer(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers.ETag?.ToString());
        if ((int)response.StatusCode >= 400)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal((int)response.StatusCode, (int)answer.Body!["status"]!);
            Assert.NotEmpty(answer.Title);
        }

        return answer;
    }
}
