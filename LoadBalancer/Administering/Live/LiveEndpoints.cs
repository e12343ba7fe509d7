using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>
/// Maps <c>GET /api/events</c>, a stream of server-sent events: first a <c>snapshot</c>, then every second a <c>tick</c> with the changes (which
/// is also the heartbeat), each <c>event</c>, and <c>requests</c> that have finished.
/// </summary>
internal static class LiveEndpoints
{
    public static void MapLive(this WebApplication app) => app.MapGet("/api/events", StreamAsync).DisableHttpMetrics();

    private static async Task StreamAsync(HttpContext context, LiveStreams streams, IHostApplicationLifetime lifetime)
    {
        if (streams.Open(context.Request.Headers["Last-Event-ID"]) is not { } stream)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                $"{LiveStreams.Limit} streams are open already.",
                retryAfterSeconds: 5);
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

        // A reader that was dropped may not be reading at all: discard what is still buffered for it.
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
            context.Abort();
    }
}
