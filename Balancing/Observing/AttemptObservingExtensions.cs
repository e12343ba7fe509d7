namespace AspireLB.Balancing.Observing;

internal static class AttemptObservingExtensions
{
    /// <summary>Adds the services that count, log and record attempts and requests, whether or not an exporter is configured.</summary>
    public static IServiceCollection AddAttemptObserving(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<AttemptMetrics>();
        services.AddSingleton<QueueMetrics>();
        services.AddSingleton<FailedAttemptLog>();
        services.AddSingleton<RequestFeed>();
        return services;
    }
}
