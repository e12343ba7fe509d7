using AspireLB.EventLoops.Listening;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AspireLB.EventLoops;

/// <summary>Puts event loops under Kestrel.</summary>
public static class WebHostExtensions
{
    /// <summary>
    /// Has event loops carry Kestrel's connections, on Linux (x64 and arm64). HTTP/1.1, HTTP/2, TLS, WebSockets and Unix domain sockets work as
    /// before. On other systems Kestrel keeps its own sockets.
    /// </summary>
    /// <param name="builder">The web host, as in <c>builder.WebHost.UseEventLoops()</c>.</param>
    /// <param name="configure">Sets the options; null keeps the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option has a value that is not allowed.</exception>
    /// <remarks>
    /// Where the application uses <see cref="TimeProvider.System"/>, it gets one that reads the clock once for each event that a loop handles.
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

        // Kestrel closes the connections in excess, which is the best that it can do.
        return options.MaxConnections > 0
            ? builder.ConfigureServices(services => services.Configure<KestrelServerOptions>(
                kestrel => kestrel.Limits.MaxConcurrentConnections = options.MaxConnections))
            : builder;
    }
}
