using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

internal static class PickingExtensions
{
    /// <summary>The policies that choose a backend for an attempt.</summary>
    public static IServiceCollection AddPicking(this IServiceCollection services)
    {
        services.AddSingleton<IRandomSource, SharedRandomSource>();
        services.AddSingleton(provider => new PickingPolicies(PickingPolicies.All(provider.GetRequiredService<IRandomSource>())));
        return services;
    }
}
