namespace AspireLB.Balancing.Retrying;

internal static class RetryingExtensions
{
    /// <summary>Adds the loop that picks, forwards and retries.</summary>
    public static IServiceCollection AddRetrying(this IServiceCollection services)
    {
        services.AddSingleton<AttemptSettlement>();
        return services;
    }

    public static IApplicationBuilder UseRetrying(this IApplicationBuilder app) => app.UseMiddleware<RetryMiddleware>();
}
