using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost;

/// <summary>What Aspire wants to be told at its start, so that every way of starting the host is the same.</summary>
internal static class LaunchDefaults
{
    public const int DashboardPort = 15888;

    // Systems give ports from 32768 on to outgoing connections, and one of those could take a port between the look here and its use.
    private const int LowestFree = 30_000;
    private const int Free = 2_700;

    /// <summary>
    /// The dashboard listens on plain http on this machine only. The other listeners take free ports: only Aspire itself uses them, and tells
    /// each resource where they are. appsettings.json is in the folder of this program, wherever it is started.
    /// </summary>
    /// <returns>The arguments with those in front that neither they nor the environment set already.</returns>
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
            given["ASPNETCORE_URLS"] = null; // our own option is the more particular one
        return [.. defaults.Where(value => string.IsNullOrEmpty(given[value.Key])).Select(value => $"--{value.Key}={value.Value}"), .. args];
    }

    private static string Local(string port) => $"http://localhost:{port}";

    /// <summary>Different ones each time, and none that the options are about.</summary>
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
