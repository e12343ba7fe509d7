using AspireLB.LoadBalancer.Administering.Explaining;
using AspireLB.LoadBalancer.Administering.Live;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Registers the admin listener and the explanations of requests.</summary>
internal static class AdministeringExtensions
{
    /// <summary>Adds the admin listener and what it serves.</summary>
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

    /// <summary>Lets clients with the token request an explanation; without a token, no middleware is added.</summary>
    public static void UseExplaining(this IReverseProxyApplicationBuilder proxy, string? token)
    {
        if (token is not null)
            proxy.UseMiddleware<ExplainHeader>(token);
    }
}
