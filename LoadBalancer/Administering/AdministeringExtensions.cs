using AspireLB.LoadBalancer.Administering.Explaining;
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
        services.AddSingleton<RouteMatching>();
        services.AddSingleton<Explainer>();
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

    /// <summary>Lets whoever knows the token ask with a request what became of it; without a token requests pay nothing.</summary>
    public static void UseExplaining(this IReverseProxyApplicationBuilder proxy, string? token)
    {
        if (token is not null)
            proxy.UseMiddleware<ExplainHeader>(token);
    }
}
