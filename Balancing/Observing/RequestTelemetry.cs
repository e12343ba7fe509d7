namespace AspireLB.Balancing.Observing;

/// <summary>
/// RequestTelemetry puts the observers of each request at the start of the pipeline, before the middleware that ASP.NET Core adds in development. The
/// middleware is not async: the activity that it makes current must still be current in the server, which reports the end of the request. The
/// server begins the next request without it.
/// </summary>
internal sealed class RequestTelemetry(RequestDurations durations, RequestTracing? tracing = null) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(pipeline => context =>
        {
            // The last to begin is the first to end, so the duration is recorded within the span.
            tracing?.Begin(context);
            durations.Begin(context);
            return pipeline(context);
        });
        next(app);
    };
}
