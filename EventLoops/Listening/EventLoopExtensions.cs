using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AspireLB.EventLoops.Listening;

internal static class EventLoopExtensions
{
    /// <summary>
    /// Adds event loops for connections from clients and to backends, if the system supports them. Otherwise Kestrel's and .NET's own sockets are
    /// used.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="usesBatches">Whether one system call may submit many receives and sends.</param>
    /// <param name="maxConnections">Maximum number of concurrent client connections; 0 derives it from the open-file limit.</param>
    public static IServiceCollection AddEventLoops(this IServiceCollection services, bool usesBatches = true, int maxConnections = 0)
    {
        if (!EventLoopGroup.IsSupported)
            return services;

        // Keep a clock that the application registered, as tests do.
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
