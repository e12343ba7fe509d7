namespace AspireLB.Balancing.Observing;

internal static class AttemptObservingExtensions
{
    /// <summary>What counts, logs and keeps attempts and requests, whether or not anything exports it.</summary>
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
