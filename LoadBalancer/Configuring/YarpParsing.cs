using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// YARP's own configuration parser and validator, usable before the application's container exists. The parser is internal to YARP; a separate
/// container is the public way to reach it.
/// </summary>
internal static class YarpParsing
{
    public static IConfigValidator CreateValidator() => CreateContainer(section: null).GetRequiredService<IConfigValidator>();

    /// <exception cref="Exception">YARP's parser can't convert a value; the message names it.</exception>
    public static IProxyConfig Parse(IConfigurationSection section)
    {
        using var container = CreateContainer(section);
        return container.GetRequiredService<IProxyConfigProvider>().GetConfig();
    }

    private static ServiceProvider CreateContainer(IConfigurationSection? section)
    {
        var services = new ServiceCollection().AddLogging();
        var proxy = services.AddReverseProxy();
        if (section is not null)
            proxy.LoadFromConfig(section);
        return services.BuildServiceProvider();
    }
}
