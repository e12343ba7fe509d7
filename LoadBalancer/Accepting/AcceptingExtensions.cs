using System.Text;
using AspireLB.EventLoops.Listening;
using AspireLB.EventLoops.Sockets;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.ServiceDefaults;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>Registers the listener for traffic.</summary>
internal static class AcceptingExtensions
{
    /// <summary>Adds the data listener, its connection limit and the readiness checks.</summary>
    public static void AddAccepting(this WebApplicationBuilder builder, EffectiveConfiguration configuration)
    {
        var shutdown = configuration.LoadBalancer.Root.Shutdown;
        builder.Services.AddSingleton<Shutdown>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Shutdown>());
        builder.Services.AddHealthChecks()
            .AddCheck<FirstProbesCheck>("first probes", tags: [Extensions.ReadyTag])
            .AddCheck<Shutdown>("running", tags: [Extensions.ReadyTag]);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdown.Delay + shutdown.Grace);

        var maxConnections = configuration.LoadBalancer.Root.MaxConnections;
        builder.Services.AddSingleton(provider => ConnectionSlots.Create(maxConnections, provider));
        var hasLoops = configuration.LoadBalancer.Root.EventLoops && EventLoopGroup.IsSupported;
        if (hasLoops)
            builder.Services.AddEventLoops(configuration.LoadBalancer.Root.IoUring);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls([.. BindingAddresses.Split(configuration.Urls)]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Bytes of header fields pass through unchanged in both directions.
            kestrel.RequestHeaderEncodingSelector = ConnectionFieldEncoding.For;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

            if (!hasLoops)
                LimitByClosing(kestrel);

            // Bodies stream with back-pressure, so their size costs no memory. Backends enforce their own limits.
            kestrel.Limits.MaxRequestBodySize = null;

            // The data path measures pauses itself and allows those shorter than LoadBalancer:Timeouts:Idle. Kestrel measures rates instead, and does
            // not count what the data path writes into its pipe.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
    }

    /// <summary>.NET's own sockets accept every connection, so one beyond the limit can only be closed.</summary>
    private static void LimitByClosing(KestrelServerOptions kestrel)
    {
        var slots = kestrel.ApplicationServices.GetRequiredService<ConnectionSlots>();
        kestrel.Limits.MaxConcurrentConnections = slots.Limit;
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => async connection =>
        {
            slots.Acquire();
            try
            {
                await next(connection);
            }
            finally
            {
                slots.Release();
            }
        }));
    }
}
