using AspireLB.Balancing.Model;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AspireLB.Balancing.Picking;

internal static class PickingExtensions
{
    /// <summary>Adds the policies that pick a backend for an attempt: the built-in ones and the application's own.</summary>
    public static IServiceCollection AddPicking(this IServiceCollection services)
    {
        services.TryAddSingleton<IRandomSource, SharedRandomSource>();
        services.AddSingleton(provider => new PickingPolicies(
        [
            .. PickingPolicies.All(provider.GetRequiredService<IRandomSource>()),
            .. provider.GetServices<IPickingPolicy>().Select(policy => ActivatorUtilities.CreateInstance<GuardedPolicy>(provider, policy)),
        ]));
        return services;
    }
}
