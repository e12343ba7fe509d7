using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost;

/// <summary>Supplies the settings that Aspire requires at start-up, so that the host starts the same way however it is launched.</summary>
internal static class LaunchDefaults
{
    public const int DashboardPort = 15888;

    // Linux assigns ports from 32768 up to outgoing connections; such a connection could take a port between this check and its use.
    private const int LowestFree = 30_000;
    private const int Free = 2_700;

    /// <summary>
    /// Puts defaults before the arguments. The dashboard listens on plain HTTP, on loopback only. The other listeners take free ports: only
    /// Aspire itself uses them, and it passes their addresses to each resource. The content root is this program's folder, where
    /// appsettings.json is, whatever the working directory.
    /// </summary>
    /// <returns>The arguments, preceded by each default that neither the arguments nor the environment set.</returns>
    public static string[] Apply(string[] args)
    {
        var given = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        var dashboard = given["Dashboard:Port"];
        var free = FreeUrls(3, given);
        var defaults = new Dictionary<string, string>
        {
            ["contentRoot"] = AppContext.BaseDirectory,
            ["ASPNETCORE_URLS"] = Local(dashboard ?? DashboardPort.ToString(CultureInfo.InvariantCulture)),
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = free[0],
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = free[1],
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = free[2],
        };
        if (dashboard is not null)
            given["ASPNETCORE_URLS"] = null; // our own option takes precedence
        return [.. defaults.Where(value => string.IsNullOrEmpty(given[value.Key])).Select(value => $"--{value.Key}={value.Value}"), .. args];
    }

    private static string Local(string port) => $"http://localhost:{port}";

    /// <summary>URLs on free ports that no setting mentions. The search starts at a different port in each process.</summary>
    private static string[] FreeUrls(int count, IConfiguration given)
    {
        var taken = string.Join(' ', given.AsEnumerable().Select(setting => setting.Value));
        return
        [
            .. Enumerable.Range(0, Free)
                .Select(step => (LowestFree + (Environment.ProcessId * 97 + step) % Free).ToString(CultureInfo.InvariantCulture))
                .Where(port => !taken.Contains(port, StringComparison.Ordinal) && IsFree(port))
                .Take(count)
                .Select(Local),
        ];
    }

    private static bool IsFree(string port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
