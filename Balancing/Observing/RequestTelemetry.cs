namespace AspireLB.Balancing.Observing;

/// <summary>Measures each request, and traces the ones that are sampled.</summary>
internal static class RequestTelemetry
{
    /// <summary>
    /// Put first, so that it sees every request. No async method may stand between it and the server: the current activity that it sets has to reach
    /// the server, which tells when the request is over. The server begins the next request without it.
    /// </summary>
    public static void UseRequestTelemetry(this IApplicationBuilder app)
    {
        var durations = app.ApplicationServices.GetRequiredService<RequestDurations>();
        var tracing = app.ApplicationServices.GetService<RequestTracing>();
        app.Use(next => context =>
        {
            // What begins last ends first: the duration is recorded within the span.
            tracing?.Begin(context);
            durations.Begin(context);
            return next(context);
        });
    }
}
