using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>TLS of the admin listener's https addresses. Renewed files are picked up without a restart.</summary>
[OptionsSection]
internal sealed partial class AdminTlsOptions
{
    /// <summary>PEM file with the certificate for the https addresses and its intermediate certificates. Required for https. Default null.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file with the certificate's private key. Default null: the certificate's file contains it.</summary>
    public string? Key { get; set; }

    /// <summary>
    /// PEM file with the root certificates that client certificates must chain to. When set, every request to an https address needs a client
    /// certificate, except probes. Default null: no client certificate is needed.
    /// </summary>
    public string? ClientCa { get; set; }

    internal bool IsEmpty => Certificate is null && Key is null && ClientCa is null;
}
