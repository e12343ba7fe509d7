using System.Diagnostics.CodeAnalysis;
using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Health;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Picking;
using AspireLB.Balancing.Retrying;
using AspireLB.Balancing.Routing;

namespace AspireLB.Balancing;

/// <summary>
/// Adds the balancing engine to an application with YARP: picking policies, active and passive health checks, retries, hedging, limits and its own
/// data path for HTTP/1.1 backends.
/// </summary>
public static class BalancingExtensions
{
    /// <summary>Adds the engine with its default options for every cluster. <see cref="UseBalancing"/> adds its stages to the pipeline.</summary>
    /// <param name="builder">The builder from <c>AddReverseProxy</c>. Add the application's own configuration filters before this call.</param>
    /// <returns>The same builder.</returns>
    public static IReverseProxyBuilder AddBalancing(this IReverseProxyBuilder builder) => builder.AddBalancing(static _ => { });

    /// <summary>Adds the engine with options set in code.</summary>
    /// <param name="builder">The builder from <c>AddReverseProxy</c>. Add the application's own configuration filters before this call.</param>
    /// <param name="configure">
    /// Sets the defaults of all clusters, and with <see cref="BalancingOptions.ForCluster"/> the options of single clusters.
    /// </param>
    /// <returns>The same builder.</returns>
    public static IReverseProxyBuilder AddBalancing(this IReverseProxyBuilder builder, Action<BalancingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new BalancingOptions();
        configure(options);
        return builder.AddEngine().AddClusterOptions(new CodeLayers(options));
    }

    /// <summary>
    /// Adds the engine with options from a configuration section: <c>Policy</c>, <c>Health</c>, <c>SlowStart</c>, <c>DrainDeadline</c>, <c>Retry</c>,
    /// <c>Limits</c>, <c>Timeouts</c> and <c>Tls</c> for all clusters, and the same keys below <c>Clusters:{id}</c> for single clusters. Changes
    /// to the section take effect while the application runs; an invalid change is logged and ignored.
    /// </summary>
    /// <param name="builder">The builder from <c>AddReverseProxy</c>. Add the application's own configuration filters before this call.</param>
    /// <param name="section">The section. If it does not exist, the defaults are in effect.</param>
    /// <returns>The same builder.</returns>
    public static IReverseProxyBuilder AddBalancing(this IReverseProxyBuilder builder, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        return builder.AddEngine().AddClusterOptions(section);
    }

    /// <summary>
    /// Adds the stages that pick a backend, forward the request and retry. They replace YARP's own session affinity, load balancing, passive health
    /// and forwarding: <c>app.MapReverseProxy(proxy => proxy.UseBalancing())</c>. Add the application's own middleware before this call.
    /// </summary>
    /// <param name="proxy">YARP's pipeline.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The options passed to <c>AddBalancing</c> are invalid; the exception lists every error.
    /// </exception>
    public static IReverseProxyApplicationBuilder UseBalancing(this IReverseProxyApplicationBuilder proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        if (proxy.ApplicationServices.GetService<IClusterOptionsSource>() is null)
            throw new InvalidOperationException("Call AddBalancing after AddReverseProxy before UseBalancing.");

        proxy.ApplicationServices.CheckClusterOptions();
        proxy.UseSessions();
        proxy.UseRetrying();
        return proxy;
    }

    /// <summary>Adds a picking policy, which the option <c>Policy</c> and YARP's <c>LoadBalancingPolicy</c> can then name.</summary>
    /// <typeparam name="TPolicy">The policy. It is created once, with its dependencies from the container.</typeparam>
    /// <param name="builder">The builder from <c>AddReverseProxy</c>.</param>
    /// <returns>The same builder.</returns>
    public static IReverseProxyBuilder AddPickingPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(
        this IReverseProxyBuilder builder)
        where TPolicy : class, IPickingPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IPickingPolicy, TPolicy>();
        return builder;
    }

    /// <summary>Adds only the engine, for an application that has an <see cref="IClusterOptionsSource"/> and passes owned clusters to YARP.</summary>
    internal static IReverseProxyBuilder AddEngine(this IReverseProxyBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(PickingPolicies)))
            throw new InvalidOperationException("AddBalancing has been called before. All options go into one call.");

        builder.AddForwarding();
        builder.Services
            .AddBackendRouting()
            .AddPicking()
            .AddAttemptObserving()
            .AddHealthMonitoring()
            .AddRetrying();
        return builder;
    }
}
