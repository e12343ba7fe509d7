using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AspireLB.EventLoops.Listening;

internal static class EventLoopExtensions
{
    /// <summary>
    /// Event loops for the connections of clients and to backends, where the system has what they need; elsewhere Kestrel's and .NET's own
    /// sockets serve.
    /// </summary>
    /// <param name="services">The application's.</param>
    /// <param name="usesBatches">Whether many receives and sends may be one system call.</param>
    /// <param name="maxConnections">Client connections at a time; 0 derives it from the limit of open files.</param>
    public static IServiceCollection AddEventLoops(this IServiceCollection services, bool usesBatches = true, int maxConnections = 0)
    {
        if (!EventLoopGroup.IsSupported)
            return services;

        // A clock that somebody has put there, as tests do, stays.
        services.TryAddSingleton(TimeProvider.System);
        if (services.Any(service => ReferenceEquals(service.ImplementationInstance, TimeProvider.System)))
            services.Replace(ServiceDescriptor.Singleton<TimeProvider, LoopClock>());
        services.TryAddSingleton(provider => ConnectionSlots.Create(maxConnections, provider));
        services.TryAddSingleton(new ParkingSettings());
        services.AddSingleton(provider => new EventLoopGroup(
            Environment.ProcessorCount,
            provider.GetRequiredService<ILogger<EventLoopGroup>>(),
            provider.GetRequiredService<TimeProvider>(),
            usesBatches));
        return services.AddSingleton<IConnectionListenerFactory, EventLoopListenerFactory>();
    }
}
