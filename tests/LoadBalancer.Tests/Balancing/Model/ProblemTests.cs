using System.Diagnostics;
using System.Text.Json.Nodes;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class ProblemTests
{
    [Fact]
    public async Task Write_Request_HasStatusTitleTraceIdAndRetryAfter()
    {
        var context = Create("GET");
        context.Response.Headers["X-From-Backend"] = "dropped";

        await Problem.WriteAsync(context, 503, "No backend is available.", retryAfterSeconds: 7);

        var body = ((MemoryStream)context.Response.Body).ToArray();
        var problem = JsonNode.Parse(body)!;
        Assert.Equal(503, context.Response.StatusCode);
        Assert.Equal("application/problem+json", context.Response.ContentType);
        Assert.Equal(body.Length, context.Response.ContentLength);
        Assert.Equal("7", context.Response.Headers.RetryAfter);
        Assert.False(context.Response.Headers.ContainsKey("X-From-Backend"));
        Assert.Equal((503, "No backend is available.", "trace-1"), ((int)problem["status"]!, (string)problem["title"]!, (string)problem["traceId"]!));
        Assert.Null(problem["errors"]);
    }

    [Fact]
    public async Task Write_Errors_ListsThemAll()
    {
        var context = Create("PATCH");

        await Problem.WriteAsync(context, 422, "It says \"no\".", ["'a' is not b", "c"]);

        var problem = JsonNode.Parse(((MemoryStream)context.Response.Body).ToArray())!;
        Assert.Equal("It says \"no\".", (string)problem["title"]!);
        Assert.Equal(["'a' is not b", "c"], problem["errors"]!.AsArray().Select(error => (string)error!));
    }

    [Fact]
    public async Task Write_WithinASpan_TraceIdIsTheSpans()
    {
        using var span = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        var context = Create("GET");

        await Problem.WriteAsync(context, 502, "It failed.");

        var body = System.Text.Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
        Assert.Contains(span.TraceId.ToString(), body, StringComparison.Ordinal);
        Assert.False(context.Response.Headers.ContainsKey("Retry-After"));
    }

    [Fact]
    public async Task Write_Head_SendsOnlyTheHead()
    {
        var context = Create("HEAD");

        await Problem.WriteAsync(context, 504, "Too late.");

        Assert.Equal(0, context.Response.Body.Length);
        Assert.True(context.Response.ContentLength > 0);
    }

    private static DefaultHttpContext Create(string method)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "trace-1" };
        context.Request.Method = method;
        context.Response.Body = new MemoryStream();
        return context;
    }
}
