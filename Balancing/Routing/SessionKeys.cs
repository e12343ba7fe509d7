using Microsoft.AspNetCore.DataProtection;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// SessionKeys loads the keys that encrypt session cookies as soon as a cluster has session affinity. Without session affinity no keys are loaded,
/// which saves 10 MB of memory for the libraries that read and write the keys as XML.
/// </summary>
internal sealed class SessionKeys(IServiceProvider services) : IClusterChangeListener
{
    private int _hasBegun;

    /// <summary>Replaces the hosted service that always loads the keys at start-up.</summary>
    public static void ReplacePreloading(IServiceCollection services)
    {
        var preloading = services
            .Where(service => service.ServiceType == typeof(IHostedService))
            .Where(service => service.ImplementationType?.Assembly == typeof(IDataProtectionBuilder).Assembly)
            .ToArray();
        foreach (var service in preloading)
            services.Remove(service);
        services.AddSingleton<IClusterChangeListener, SessionKeys>();
    }

    public void OnClusterAdded(ClusterState cluster) => OnClusterChanged(cluster);

    public void OnClusterChanged(ClusterState cluster)
    {
        // In the background, because reading and creating keys blocks.
        if (cluster.Model.Config.SessionAffinity is { Enabled: true } && Interlocked.Exchange(ref _hasBegun, 1) == 0)
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
            // Data protection has logged the error. The first request that needs a key tries again.
        }
    }
}
