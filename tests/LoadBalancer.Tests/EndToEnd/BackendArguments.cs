using System.Globalization;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Builds command-line arguments for named backends.</summary>
internal static class BackendArguments
{
    /// <summary>Probes every 100 ms, also while a backend is down, with a time-out that a busy machine does not exceed.</summary>
    public static readonly string[] QuickProbes =
    [
        "--LoadBalancer:Health:Active:Path", TestBackend.HealthPath,
        "--LoadBalancer:Health:Active:Interval", "00:00:00.100", "--LoadBalancer:Health:Active:DownInterval", "00:00:00.100",
        "--LoadBalancer:Health:Active:Timeout", "00:00:30",
    ];

    public static string[] Of(params IEnumerable<(string Name, string Url)> backends) =>
    [
        .. backends.Index().SelectMany(backend => new[]
        {
            string.Create(CultureInfo.InvariantCulture, $"--Backends:{backend.Index}:Name"), backend.Item.Name,
            string.Create(CultureInfo.InvariantCulture, $"--Backends:{backend.Index}:Address"), backend.Item.Url,
        }),
    ];

    public static string[] Of(IEnumerable<FlaskServer> servers) => Of(servers.Select(server => (server.Name, server.Url)));
}
