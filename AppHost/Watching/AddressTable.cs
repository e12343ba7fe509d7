using AspireLB.AppHost.Options;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost.Watching;

/// <summary>The table of all addresses, shown once everything is up.</summary>
internal static class AddressTable
{
    public static IEnumerable<string> Lines(AppHostOptions options, string? dashboard)
    {
        yield return "";
        yield return Row("balancer", Local(options.LoadBalancerPort));
        yield return Row("console", Local(options.AdminPort));
        if (dashboard is not null)
            yield return Row("dashboard", dashboard);
        foreach (var (index, port) in options.BackendPorts.Index())
            yield return Row($"server-{index + 1}", Local(port));
        yield return Row("try:", $"curl {Local(options.LoadBalancerPort)}");
        yield return Row("stop:", "Ctrl+C");
    }

    /// <summary>The dashboard's address with its sign-in token; null if there is no dashboard, as in tests.</summary>
    public static string? Dashboard(IConfiguration configuration)
    {
        var url = configuration["ASPNETCORE_URLS"]?.Split(';')[0].TrimEnd('/');
        return url is null ? null : configuration["AppHost:BrowserToken"] is { Length: > 0 } token ? $"{url}/login?t={token}" : url;
    }

    private static string Row(string name, string address) => $"  {name,-12}{address}";

    private static string Local(int port) => $"http://localhost:{port}/";
}
