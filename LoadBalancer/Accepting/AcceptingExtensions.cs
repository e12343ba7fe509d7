using System.Text;
using AspireLB.LoadBalancer.Accepting.Polled;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.ServiceDefaults;

namespace AspireLB.LoadBalancer.Accepting;

internal static class AcceptingExtensions
{
    /// <summary>The listener for traffic.</summary>
    public static void AddAccepting(this WebApplicationBuilder builder, EffectiveConfiguration configuration)
    {
        var shutdown = configuration.LoadBalancer.Root.Shutdown;
        builder.Services.AddSingleton<Shutdown>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Shutdown>());
        builder.Services.AddHealthChecks().AddCheck<Shutdown>("running", tags: [Extensions.ReadyTag]);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdown.Delay + shutdown.Grace);

        if (configuration.LoadBalancer.Root.EventLoops)
            builder.Services.AddEventLoops();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls([.. BindingAddresses.Split(configuration.Urls)]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // What a client or a backend puts into a field comes out again as it went in.
            kestrel.RequestHeaderEncodingSelector = ConnectionFieldEncoding.For;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

            // Bodies stream with back-pressure, so their size costs no memory; a backend knows best what it takes.
            kestrel.Limits.MaxRequestBodySize = null;
        });
    }
}
