using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// YARP's own configuration parser and validator, for use before (and apart from) the application's container. The parser is internal to
/// YARP; a container of its own is the public way to it.
/// </summary>
internal static class YarpParsing
{
    public static IConfigValidator CreateValidator() => CreateContainer(section: null).GetRequiredService<IConfigValidator>();

    /// <exception cref="Exception">Whatever YARP's parser throws at a value it can't convert; the message names it.</exception>
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
