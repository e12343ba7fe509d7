using AspireLB.LoadBalancer.Accepting.Polled.Parking;
using AspireLB.LoadBalancer.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AspireLB.LoadBalancer.Accepting.Polled;

internal static class PolledExtensions
{
    /// <summary>
    /// Event loops for the connections of clients and to backends, where the system has what they need; elsewhere Kestrel's and .NET's own
    /// sockets serve.
    /// </summary>
    public static IServiceCollection AddEventLoops(this IServiceCollection services)
    {
        if (!EventLoops.IsSupported)
            return services;

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ParkingSettings());
        services.AddSingleton(provider => new EventLoops(
            Environment.ProcessorCount, provider.GetRequiredService<ILogger<EventLoops>>(), provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IConnectionListenerFactory, PolledListenerFactory>();
    }
}
