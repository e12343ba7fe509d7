using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>
/// <c>GET /api/events</c>: server-sent events. A <c>snapshot</c> first, then every second a <c>tick</c> with what changed (which is the
/// heartbeat too), each <c>event</c>, and <c>requests</c> that have finished.
/// </summary>
internal static class LiveEndpoints
{
    public static void MapLive(this WebApplication app) => app.MapGet("/api/events", StreamAsync).DisableHttpMetrics();

    private static async Task StreamAsync(HttpContext context, LiveStreams streams, IHostApplicationLifetime lifetime)
    {
        if (streams.Open(context.Request.Headers["Last-Event-ID"]) is not { } stream)
        {
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, $"{LiveStreams.Limit} streams are open already.", retryAfterSeconds: 5);
            return;
        }

        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            await stream.PumpAsync(context.Response.Body, ends.Token);
        }
        finally
        {
            streams.Close(stream);
        }

        // A reader that was let go may not be reading at all: what is still buffered for it is given up.
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
            context.Abort();
    }
}
