using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost;

/// <summary>What Aspire wants to be told at its start, so that every way of starting the host is the same.</summary>
internal static class LaunchDefaults
{
    public const int DashboardPort = 15888;

    /// <summary>
    /// The dashboard listens on plain http on this machine only. The other listeners take free ports: only Aspire itself uses them, and tells
    /// each resource where they are. appsettings.json is in the folder of this program, wherever it is started.
    /// </summary>
    /// <returns>The arguments with those in front that neither they nor the environment set already.</returns>
    public static string[] Apply(string[] args)
    {
        var given = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        var dashboard = given["Dashboard:Port"];
        var defaults = new Dictionary<string, string>
        {
            ["contentRoot"] = AppContext.BaseDirectory,
            ["ASPNETCORE_URLS"] = Local(dashboard ?? DashboardPort.ToString(CultureInfo.InvariantCulture)),
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = FreeUrl(),
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = FreeUrl(),
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = FreeUrl(),
        };
        if (dashboard is not null)
            given["ASPNETCORE_URLS"] = null; // our own option is the more particular one
        return [.. defaults.Where(value => string.IsNullOrEmpty(given[value.Key])).Select(value => $"--{value.Key}={value.Value}"), .. args];
    }

    private static string Local(string port) => $"http://localhost:{port}";

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return Local(((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
    }
}
