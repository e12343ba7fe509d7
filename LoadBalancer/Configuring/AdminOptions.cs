using AspireLB.Balancing.Options;
using System.ComponentModel.DataAnnotations;
using System.Net;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The <c>Admin</c> section: the second listener, which serves health, metrics, the admin API and the console.</summary>
[OptionsSection]
internal sealed partial class AdminOptions
{
    /// <summary>Whether there is an admin listener. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Addresses of the admin listener, separated by semicolons. Default <c>http://127.0.0.1:9090</c>.</summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:9090";

    /// <summary>A loopback port instead of <see cref="Urls"/>, as Aspire hands it over. Default null.</summary>
    [Range(0, 65535)]
    public int? Port { get; set; }

    /// <summary>Certificates for https addresses, and which clients' certificates are accepted there.</summary>
    public AdminTlsOptions Tls { get; set; } = new();

    /// <summary>Bearer token that every request must carry. Required when the listener is reachable from other machines, unless that takes a client certificate. Default null: none.</summary>
    [DataType(DataType.Password), StringLength(4096, MinimumLength = 16, ErrorMessage = "16 to 4096 characters")]
    public string? Token { get; set; }

    /// <summary>Requests that carry this in <c>X-AspireLB-Explain</c> are told in the response's header of that name what became of them. Read at start-up. Default null: none are.</summary>
    [DataType(DataType.Password), StringLength(4096, MinimumLength = 16, ErrorMessage = "16 to 4096 characters")]
    public string? ExplainToken { get; set; }

    /// <summary>Keeps what is changed at run time (states, weights, added backends, a configuration put in force) over a restart. Default null: a restart forgets it.</summary>
    public string? StateFile { get; set; }

    /// <summary>Calls per second that each client address may make; twice as many in a burst. Probes and scrapes do not count. 0: no limit. Default 200.</summary>
    [Range(0, 100_000)]
    public int CallsPerSecond { get; set; } = 200;

    /// <summary>The addresses in force.</summary>
    internal string EffectiveUrls => Port is { } port ? $"http://127.0.0.1:{port}" : Urls;

    /// <summary>Whether an address has TLS.</summary>
    internal bool HasHttps => BindingAddresses.Split(EffectiveUrls).Any(IsHttps);

    /// <summary>Whether others can reach an address on which nobody need prove who they are.</summary>
    internal bool IsUnprotected => Token is null && BindingAddresses.Split(EffectiveUrls)
        .Any(url => !IsLoopback(BindingAddress.Parse(url).Host) && !(IsHttps(url) && Tls.ClientCa is not null));

    private static bool IsHttps(string url) => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
