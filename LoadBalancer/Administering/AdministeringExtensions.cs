using AspireLB.LoadBalancer.Administering.Live;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering;

internal static class AdministeringExtensions
{
    /// <summary>The admin listener and what it serves.</summary>
    public static IServiceCollection AddAdministering(this IServiceCollection services)
    {
        services.AddSingleton<BackendDirectory>();
        services.AddSingleton<BackendEdits>();
        services.AddSingleton<ChangeHistory>();
        services.AddSingleton<RequestTally>();
        services.AddSingleton<RunTimeConfiguration>();
        services.AddSingleton<IConfigurationReload>(provider => provider.GetRequiredService<RunTimeConfiguration>());
        services.AddSingleton<ConfirmedCommit>();
        services.AddHostedService(provider => provider.GetRequiredService<RunTimeConfiguration>());
        services.AddSingleton<LiveModel>();
        services.AddSingleton<LiveStreams>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveStreams>());
        services.AddSingleton<AdminServer>();
        services.AddHostedService(provider => provider.GetRequiredService<AdminServer>());
        return services;
    }
}
