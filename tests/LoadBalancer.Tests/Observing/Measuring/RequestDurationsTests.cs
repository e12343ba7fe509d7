using AspireLB.LoadBalancer.Observing.Measuring;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Observing.Measuring;

public sealed class RequestDurationsTests
{
    [Fact]
    public async Task Begin_RequestsOverASocket_AreTimedAndToldApartWhenTheyAreOver()
    {
        var time = new FakeTimeProvider();
        using var measurements = new Measurements();
        var durations = new RequestDurations(measurements.Meters, time);
        await using var app = await StartAsync(durations, time);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        await client.GetAsync("/shop/7", Cancel);
        await client.GetAsync("/shop/8", Cancel);
        await client.GetAsync("/status/503", Cancel);
        await client.SendAsync(new(new("BREW"), "/elsewhere"), Cancel);

        var seen = new List<string>();
        await Eventually.TrueAsync(() => // the client has its answer before the server says that the request is over
        {
            seen.AddRange(measurements.Observe());
            return seen.Count == 4;
        }, Cancel);
        Assert.Equal(
            [
                Series("GET", 200, "http.route=/shop/{id}") + " 2",
                Series("GET", 200, "http.route=/shop/{id}") + " 2",
                Series("GET", 503, "http.route=/status/{code},error.type=503") + " 2",
                Series("_OTHER", 404) + " 2",
            ],
            seen);

        static string Series(string method, int status, string? more = null) =>
            $"http.server.request.duration{{url.scheme=http,http.request.method={method},network.protocol.version=1.1,http.response.status_code={status}{(more is null ? "" : "," + more)}}}";
    }

    [Fact]
    public void TagsOf_MoreSetsThanAreKept_AreRightForEach()
    {
        var tags = new RequestTags();

        for (var i = 0; i < 1000; i++)
        {
            var context = new DefaultHttpContext();
            context.Request.Method = "GET";
            context.Request.Protocol = "HTTP/2";
            context.Request.Scheme = "https";
            context.Response.StatusCode = 200 + (i % 7);
            context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse($"/{i % 50}"), 0, new(new Route($"/{i % 50}")), null));
            Assert.Equal(
                [new("url.scheme", "https"), new("http.request.method", "GET"), new("network.protocol.version", "2"), new("http.response.status_code", 200 + (i % 7)), new("http.route", $"/{i % 50}")],
                tags.Of(context));
        }
    }

    [Fact]
    public void TagsOf_TheSameAgain_AreTheSameObject()
    {
        var tags = new RequestTags();
        var context = new DefaultHttpContext();

        Assert.Same(tags.Of(context), tags.Of(context));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<WebApplication> StartAsync(RequestDurations durations, FakeTimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Use(next => context =>
        {
            durations.Begin(context);
            return next(context);
        });
        app.UseRouting();
        app.Use(next => context =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return next(context);
        });
        app.MapGet("/shop/{id}", (int id) => id);
        app.MapGet("/status/{code}", (int code) => Results.StatusCode(code));
        await app.StartAsync(Cancel);
        return app;
    }

    private sealed class Route(string route) : Microsoft.AspNetCore.Http.Metadata.IRouteDiagnosticsMetadata
    {
        string Microsoft.AspNetCore.Http.Metadata.IRouteDiagnosticsMetadata.Route => route;
    }
}
