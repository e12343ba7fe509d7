using Microsoft.AspNetCore.DataProtection;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// Readies the keys that session cookies are encrypted with once a cluster binds sessions. Whoever has none is spared them: keys are read from and
/// written to XML, and their libraries take 10 MB of memory.
/// </summary>
internal sealed class SessionKeys(IServiceProvider services) : IClusterChangeListener
{
    private int _begun;

    /// <summary>Keys are readied when they are needed, not in any case at start-up.</summary>
    public static void ReplacePreloading(IServiceCollection services)
    {
        var preloading = services.Where(service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(IDataProtectionBuilder).Assembly).ToArray();
        foreach (var service in preloading)
            services.Remove(service);
        services.AddSingleton<IClusterChangeListener, SessionKeys>();
    }

    public void OnClusterAdded(ClusterState cluster) => OnClusterChanged(cluster);

    public void OnClusterChanged(ClusterState cluster)
    {
        // In the background, as reading and making keys blocks.
        if (cluster.Model.Config.SessionAffinity is { Enabled: true } && Interlocked.Exchange(ref _begun, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static keys => keys.EnsureLoaded(), this, preferLocal: false);
    }

    public void OnClusterRemoved(ClusterState cluster)
    {
    }

    private void EnsureLoaded()
    {
        try
        {
            services.GetRequiredService<IDataProtectionProvider>().CreateProtector(nameof(SessionKeys)).Protect([]);
        }
        catch (Exception error) when (error is System.Security.Cryptography.CryptographicException or ObjectDisposedException)
        {
            // Data protection has logged it; the first request that needs a key tries again.
        }
    }
}
