using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost;

/// <summary>What Aspire wants to find in its environment, set here so that every way of starting the host is the same. What is set already stays.</summary>
internal static class LaunchDefaults
{
    public const int DashboardPort = 15888;

    private const string DashboardUrl = "ASPNETCORE_URLS";

    /// <summary>
    /// The dashboard listens on plain http on this machine only. The other listeners take free ports: only Aspire itself uses them, and tells
    /// each resource where they are.
    /// </summary>
    /// <returns>The arguments, led by where appsettings.json is: in the folder of this program, wherever it is started.</returns>
    public static string[] Apply(string[] args)
    {
        var given = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        if (given["Dashboard:Port"] is { } port)
            Environment.SetEnvironmentVariable(DashboardUrl, Local(port));
        Default(DashboardUrl, () => Local(DashboardPort.ToString(CultureInfo.InvariantCulture)));
        Default("ASPIRE_ALLOW_UNSECURED_TRANSPORT", () => "true");
        Default("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", FreeUrl);
        Default("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", FreeUrl);
        Default("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", FreeUrl);
        return [$"--contentRoot={AppContext.BaseDirectory}", .. args];

        void Default(string name, Func<string> value)
        {
            if (string.IsNullOrEmpty(given[name]) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
                Environment.SetEnvironmentVariable(name, value());
        }
    }

    private static string Local(string port) => $"http://localhost:{port}";

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return Local(((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
    }
}
