using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>TLS of the admin listener's https addresses. The files are read again while running, so that they can be renewed.</summary>
[OptionsSection]
internal sealed partial class AdminTlsOptions
{
    /// <summary>PEM file with the certificate for the https addresses, and those between it and its root. Required for https. Default null.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file with the certificate's private key. Default null: it stands in the certificate's file.</summary>
    public string? Key { get; set; }

    /// <summary>PEM file with the root certificates from which clients' certificates must stem. Set, every request to an https address needs one, probes excepted. Default null: none does.</summary>
    public string? ClientCa { get; set; }

    internal bool IsEmpty => Certificate is null && Key is null && ClientCa is null;
}
