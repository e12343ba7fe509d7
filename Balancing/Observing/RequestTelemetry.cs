namespace AspireLB.Balancing.Observing;

/// <summary>
/// Puts what observes each request before the pipeline, and before whatever ASP.NET Core puts there, as it does in development. None of it is an async
/// method: what it makes of the current activity has to reach the server, which says when the request is over. The server begins the next
/// request without it.
/// </summary>
internal sealed class RequestTelemetry(RequestDurations durations, RequestTracing? tracing = null) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(pipeline => context =>
        {
            // What is begun last ends first: the duration is recorded within the span.
            tracing?.Begin(context);
            durations.Begin(context);
            return pipeline(context);
        });
        next(app);
    };
}
