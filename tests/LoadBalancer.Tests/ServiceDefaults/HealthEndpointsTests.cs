using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AspireLB.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.ServiceDefaults;

public class HealthEndpointsTests
{
    [Theory]
    [InlineData("/alive")]
    [InlineData("/health")]
    public async Task Get_NothingFails_OneWordNeverCached(string path)
    {
        await using var app = await StartAsync(_ => { });

        using var response = await GetAsync(app, path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Healthy", await response.Content.ReadAsStringAsync(Cancel));
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task GetHealth_ReadyCheckFails_ProblemNamesEachReasonWhileAlive()
    {
        await using var app = await StartAsync(checks => checks
            .AddCheck("probes", () => HealthCheckResult.Unhealthy("first probes are under way"), [Extensions.ReadyTag])
            .AddCheck("configuration", () => throw new InvalidOperationException("no configuration yet"), [Extensions.ReadyTag])
            .AddCheck("passing", () => HealthCheckResult.Healthy("fine"), [Extensions.ReadyTag]));

        using var response = await GetAsync(app, "/health");
        using var alive = await GetAsync(app, "/alive");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.Equal("Service Unavailable", problem.GetProperty("title").GetString());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        Assert.Equal(
            new() { ["probes"] = "first probes are under way", ["configuration"] = "no configuration yet" },
            problem.GetProperty("reasons").Deserialize<Dictionary<string, string>>());
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task GetAlive_LiveCheckFails_UnavailableWhileReady()
    {
        await using var app = await StartAsync(checks => checks.AddCheck("loop", () => HealthCheckResult.Unhealthy("stuck"), [Extensions.LiveTag]));

        using var alive = await GetAsync(app, "/alive");
        using var ready = await GetAsync(app, "/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, alive.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task GetHealth_CheckDegraded_StillReady()
    {
        await using var app = await StartAsync(checks => checks.AddCheck(
            "backends",
            () => HealthCheckResult.Degraded("one is down"),
            [Extensions.ReadyTag]));

        using var response = await GetAsync(app, "/health");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Degraded", await response.Content.ReadAsStringAsync(Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<HttpResponseMessage> GetAsync(WebApplication app, string path)
    {
        using var client = new HttpClient();
        return await client.GetAsync(app.Urls.Single() + path, Cancel);
    }

    private static async Task<WebApplication> StartAsync(Action<IHealthChecksBuilder> register)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddDefaultHealthChecks();
        register(builder.Services.AddHealthChecks());
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(Cancel);
        return app;
    }
}
