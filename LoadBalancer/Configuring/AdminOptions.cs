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

    /// <summary>A loopback port instead of <see cref="Urls"/>; Aspire passes one. Default null.</summary>
    [Range(0, 65535)]
    public int? Port { get; set; }

    /// <summary>Certificates for https addresses, and the client certificates accepted there.</summary>
    public AdminTlsOptions Tls { get; set; } = new();

    /// <summary>
    /// Bearer token that every request must carry. Required when other machines can reach the listener, unless it requires a client certificate.
    /// Default null: none.
    /// </summary>
    [DataType(DataType.Password), StringLength(4096, MinimumLength = 16, ErrorMessage = "16 to 4096 characters")]
    public string? Token { get; set; }

    /// <summary>
    /// A request that carries this token in <c>X-AspireLB-Explain</c> gets an explanation of its routing in the response header of the same name.
    /// Read at start-up. Default null: no explanations.
    /// </summary>
    [DataType(DataType.Password), StringLength(4096, MinimumLength = 16, ErrorMessage = "16 to 4096 characters")]
    public string? ExplainToken { get; set; }

    /// <summary>
    /// File that keeps run-time changes (states, weights, added backends, a configuration applied through the API) across restarts. Default null: a
    /// restart discards them.
    /// </summary>
    public string? StateFile { get; set; }

    /// <summary>
    /// Calls per second that each client address may make, with bursts of twice as many. Probes and scrapes do not count. 0: no limit. Default 200.
    /// </summary>
    [Range(0, 100_000)]
    public int CallsPerSecond { get; set; } = 200;

    /// <summary>The addresses in effect.</summary>
    internal string EffectiveUrls => Port is { } port ? $"http://127.0.0.1:{port}" : Urls;

    /// <summary>Whether any address uses TLS.</summary>
    internal bool HasHttps => BindingAddresses.Split(EffectiveUrls).Any(IsHttps);

    /// <summary>Whether an address that other machines can reach requires neither a token nor a client certificate.</summary>
    internal bool IsUnprotected => Token is null && BindingAddresses.Split(EffectiveUrls)
        .Any(url => !IsLoopback(BindingAddress.Parse(url).Host) && !(IsHttps(url) && Tls.ClientCa is not null));

    private static bool IsHttps(string url) => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
