using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace AspireLB.ServiceDefaults;

/// <summary>
/// Distinguishes replicas and releases by <c>service.instance.id</c> and <c>service.version</c>, unless <c>OTEL_RESOURCE_ATTRIBUTES</c> sets them.
/// The host or <c>OTEL_SERVICE_NAME</c> sets the name and environment.
/// </summary>
internal static class ServiceInstance
{
    public static IEnumerable<KeyValuePair<string, object>> Attributes(IConfiguration configuration)
    {
        var given = (configuration["OTEL_RESOURCE_ATTRIBUTES"] ?? "").Split(',').Select(attribute => attribute.Split('=')[0].Trim()).ToHashSet();
        return Defaults().Where(attribute => !given.Contains(attribute.Key));
    }

    private static IEnumerable<KeyValuePair<string, object>> Defaults()
    {
        yield return new("service.instance.id", Guid.NewGuid().ToString());
        if (Assembly.GetEntryAssembly()?.GetName().Version is { } version)
            yield return new("service.version", version.ToString(3));
    }
}
