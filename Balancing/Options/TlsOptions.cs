using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>
/// How connections to https backends are secured, beside what YARP's <c>HttpClient</c> section says (<c>SslProtocols</c>,
/// <c>DangerousAcceptAnyServerCertificate</c>). Requests and probes go by it. Files are PEM, or PKCS #12 where they end in .pfx or .p12, and are read
/// when a configuration is applied.
/// </summary>
public sealed class TlsOptions
{
    /// <summary>File with the certificates of the authorities that backends' certificates must come from. Default: the system's authorities.</summary>
    public string? CertificateAuthorities { get; set; }

    /// <summary>File with the certificate that the balancer shows to backends that ask for one, and those between it and its authority. Default: none.</summary>
    public string? ClientCertificate { get; set; }

    /// <summary>File with the client certificate's private key. Default: the same file.</summary>
    public string? ClientCertificateKey { get; set; }

    /// <summary>Password of the private key. Default: none.</summary>
    [DataType(DataType.Password)]
    public string? ClientCertificatePassword { get; set; }

    /// <summary>Name that is asked for (SNI) and that backends' certificates must be for. Default: the host of each backend's address.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,253}", ErrorMessage = "a host name")]
    public string? ServerName { get; set; }

    /// <summary>Whether there is any file to be read.</summary>
    internal bool NamesCertificates => !string.IsNullOrEmpty(CertificateAuthorities) || !string.IsNullOrEmpty(ClientCertificate);
}
