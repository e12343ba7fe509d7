using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using AspireLB.LoadBalancer.Tests.Observing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Observing;

public sealed class RequestDurationsTests
{
    [Fact]
    public async Task Begin_RequestsOverASocket_AreMeasuredWithTheirTagsWhenTheyEnd()
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
        await Eventually.TrueAsync(() => // the client gets its response before the server reports the end of the request
        {
            seen.AddRange(measurements.Observe());
            return seen.Count == 4;
        }, Cancel, "the four series of the five requests were measured");
        Assert.Equal(
            [
                Series("GET", 200, "http.route=/shop/{id}") + " 2",
                Series("GET", 200, "http.route=/shop/{id}") + " 2",
                Series("GET", 503, "http.route=/status/{code},error.type=503") + " 2",
                Series("_OTHER", 404) + " 2",
            ],
            seen);

        static string Series(string method, int status, string? more = null) =>
            $"http.server.request.duration{{url.scheme=http,http.request.method={method},network.protocol.version=1.1,"
            + $"http.response.status_code={status}{(more is null ? "" : "," + more)}}}";
    }

    [Fact]
    public async Task Begin_RequestsThatEndInAnotherOrder_AreEachMeasuredSeparately()
    {
        var time = new FakeTimeProvider();
        using var measurements = new Measurements();
        var durations = new RequestDurations(measurements.Meters, time);
        var expected = new List<string>();
        var pending = new List<(PendingRequest Request, int Method, DateTimeOffset Began)>();
        var random = new Random(5);

        // The object of a finished request is reused for the next one.
        for (var i = 0; i < 2000; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            if (pending.Count < 50 && random.Next(2) == 0)
            {
                var method = random.Next(3);
                pending.Add((PendingRequest.Begin(durations, RequestMethods[method]), method, time.GetUtcNow()));
            }
            else if (pending.Count > 0)
            {
                var (request, method, began) = pending[random.Next(pending.Count)];
                pending.RemoveAll(one => one.Request == request);
                await request.EndAsync();
                expected.Add($"{RequestMethods[method]} {(time.GetUtcNow() - began).TotalSeconds}");
            }
        }

        Assert.NotEmpty(pending);
        string[] early = [.. measurements.Seen];
        Assert.Equal(
            expected.Order(),
            early.Concat(measurements.Observe())
                .Select(line => $"{line.Split("http.request.method=")[1].Split(',')[0]} {line.Split(' ')[^1]}").Order());
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
            context.SetEndpoint(
                new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse($"/{i % 50}"), 0, new(new Route($"/{i % 50}")), null));
            Assert.Equal(
                [
                    new("url.scheme", "https"),
                    new("http.request.method", "GET"),
                    new("network.protocol.version", "2"),
                    new("http.response.status_code", 200 + (i % 7)),
                    new("http.route", $"/{i % 50}"),
                ],
                tags.For(context));
        }
    }

    [Fact]
    public void TagsOf_TheSameAgain_AreTheSameObject()
    {
        var tags = new RequestTags();
        var context = new DefaultHttpContext();

        Assert.Same(tags.For(context), tags.For(context));
    }

    private static readonly string[] RequestMethods = ["GET", "PUT", "POST"];

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

    /// <summary>PendingRequest is a request without a server, which ends when the test ends it.</summary>
    private sealed class PendingRequest : HttpResponseFeature
    {
        private Func<Task> _ended = () => Task.CompletedTask;

        public static PendingRequest Begin(RequestDurations durations, string method)
        {
            var response = new PendingRequest();
            var context = new DefaultHttpContext();
            context.Features.Set<IHttpResponseFeature>(response);
            context.Request.Method = method;
            durations.Begin(context);
            return response;
        }

        public Task EndAsync() => _ended();

        public override void OnCompleted(Func<object, Task> callback, object state) => _ended = () => callback(state);
    }

    private sealed class Route(string route) : Microsoft.AspNetCore.Http.Metadata.IRouteDiagnosticsMetadata
    {
        string Microsoft.AspNetCore.Http.Metadata.IRouteDiagnosticsMetadata.Route => route;
    }
}
