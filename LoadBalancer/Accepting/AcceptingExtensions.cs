using System.Text;
using AspireLB.EventLoops.Listening;
using AspireLB.EventLoops.Sockets;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.ServiceDefaults;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AspireLB.LoadBalancer.Accepting;

internal static class AcceptingExtensions
{
    /// <summary>The listener for traffic.</summary>
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

            // What a client or a backend puts into a field comes out again as it went in.
            kestrel.RequestHeaderEncodingSelector = ConnectionFieldEncoding.For;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

            if (!hasLoops)
                LimitByClosing(kestrel);

            // Bodies stream with back-pressure, so their size costs no memory; a backend knows best what it takes.
            kestrel.Limits.MaxRequestBodySize = null;

            // A pause is no fault as long as it is shorter than LoadBalancer:Timeouts:Idle, which the data path measures itself. Kestrel measures rates, and
            // counts what the data path writes into its pipe as nothing.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
    }

    /// <summary>.NET's own sockets accept what comes, so that a connection for which there is no place can only be closed.</summary>
    private static void LimitByClosing(KestrelServerOptions kestrel)
    {
        var places = kestrel.ApplicationServices.GetRequiredService<ConnectionSlots>();
        kestrel.Limits.MaxConcurrentConnections = places.Limit;
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => async connection =>
        {
            places.Acquire();
            try
            {
                await next(connection);
            }
            finally
            {
                places.Release();
            }
        }));
    }
}
