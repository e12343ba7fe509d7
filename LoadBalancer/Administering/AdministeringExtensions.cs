using AspireLB.LoadBalancer.Administering.Live;

namespace AspireLB.LoadBalancer.Administering;

internal static class AdministeringExtensions
{
    /// <summary>The admin listener and what it serves.</summary>
    public static IServiceCollection AddAdministering(this IServiceCollection services)
    {
        services.AddSingleton<BackendDirectory>();
        services.AddSingleton<LiveModel>();
        services.AddSingleton<LiveStreams>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveStreams>());
        services.AddSingleton<AdminServer>();
        services.AddHostedService(provider => provider.GetRequiredService<AdminServer>());
        return services;
    }
}
