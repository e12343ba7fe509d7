using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>Every call in the balancer's own OpenAPI document requires the token.</summary>
[Collection(AdminCollection.Name)]
public sealed class AuthenticationTests
{
    private const string Token = "a-token-for-tests-only";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer a-token-for-tests-onlY")]
    [InlineData("Bearer a-token-for-tests-only2")]
    [InlineData("Basic YS10b2tlbi1mb3ItdGVzdHMtb25seQ==")]
    public async Task EveryCall_WithoutTheToken_Is401(string? authorization)
    {
        await using var balancer = await LoadBalancerProcess.StartAsync(["http://127.0.0.1:9"], Cancel, "--Admin:Token", Token);
        var calls = await CallsAsync(balancer);
        Assert.InRange(calls.Count, 20, 100);

        foreach (var (method, path) in calls)
        {
            var answer = await balancer.CallAsync(
                method,
                path,
                method is "PATCH" or "PUT" ? new { } : null,
                authorization is null ? [] : [("Authorization", authorization)]);
            Assert.Equal((method, path, HttpStatusCode.Unauthorized), (method, path, answer.Status));
        }

        Assert.DoesNotContain("Change ", balancer.Process.Output, StringComparison.Ordinal);
    }

    private static async Task<List<(string Method, string Path)>> CallsAsync(LoadBalancerProcess balancer)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            "/openapi/v1.json") { Headers = { Authorization = new AuthenticationHeaderValue("bearer", Token) } };
        using var response = await balancer.Admin.SendAsync(request, Cancel);
        var paths = (await response.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["paths"]!.AsObject();
        var listed = paths.SelectMany(path => path.Value!.AsObject().Select(call => (call.Key.ToUpperInvariant(), Filled(path.Key))));
        return [.. listed, ("GET", "/openapi/v1.json"), ("GET", "/metrics"), ("GET", "/api/events"), ("GET", "/api/nothing")];
    }

    private static string Filled(string path) => path
        .Replace("{cluster}", "backends")
        .Replace("{name}", "127.0.0.1:9")
        .Replace("{id}", "backends");
}
