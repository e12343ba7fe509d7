using AspireLB.EventLoops.Listening;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AspireLB.EventLoops;

/// <summary>Runs Kestrel on event loops.</summary>
public static class WebHostExtensions
{
    /// <summary>
    /// Makes event loops carry Kestrel's connections on Linux (x64 and arm64). HTTP/1.1, HTTP/2, TLS, WebSockets and Unix domain sockets work as
    /// before. On other systems Kestrel keeps its own sockets.
    /// </summary>
    /// <param name="builder">The web host, as in <c>builder.WebHost.UseEventLoops()</c>.</param>
    /// <param name="configure">Sets the options; null keeps the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value of an option is not allowed.</exception>
    /// <remarks>
    /// If the application uses <see cref="TimeProvider.System"/>, a provider replaces it that reads the clock once per event that a loop handles.
    /// </remarks>
    public static IWebHostBuilder UseEventLoops(this IWebHostBuilder builder, Action<EventLoopOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new EventLoopOptions();
        configure?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxConnections, nameof(EventLoopOptions.MaxConnections));

        if (EventLoopGroup.IsSupported)
            return builder.ConfigureServices(services => services
                .AddEventLoops(options.IoUring, options.MaxConnections)
                .AddTransient<IStartupFilter, ParkingFilter>());

        // Without event loops Kestrel enforces the limit, by closing excess connections.
        return options.MaxConnections > 0
            ? builder.ConfigureServices(services => services.Configure<KestrelServerOptions>(
                kestrel => kestrel.Limits.MaxConcurrentConnections = options.MaxConnections))
            : builder;
    }
}
