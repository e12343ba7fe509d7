namespace AspireLB.Balancing.Retrying;

internal static class RetryingExtensions
{
    /// <summary>The loop that picks, forwards and repeats.</summary>
    public static IServiceCollection AddRetrying(this IServiceCollection services)
    {
        services.AddSingleton<AttemptSettlement>();
        return services;
    }

    public static IApplicationBuilder UseRetrying(this IApplicationBuilder app) => app.UseMiddleware<RetryMiddleware>();
}
