using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>
/// How connections to https backends are secured, in addition to YARP's <c>HttpClient</c> section (<c>SslProtocols</c>,
/// <c>DangerousAcceptAnyServerCertificate</c>). The options apply to requests and probes. Files are PEM, or PKCS #12 if their name ends in .pfx or
/// .p12, and are read when a configuration is applied.
/// </summary>
[OptionsSection]
public sealed partial class TlsOptions
{
    /// <summary>
    /// File with the certificates of the authorities that are trusted to issue backends' certificates. Default: the system's authorities.
    /// </summary>
    public string? CertificateAuthorities { get; set; }

    /// <summary>
    /// File with the client certificate for backends that ask for one, and the intermediate certificates between it and its authority. Default: none.
    /// </summary>
    public string? ClientCertificate { get; set; }

    /// <summary>File with the client certificate's private key. Default: the same file.</summary>
    public string? ClientCertificateKey { get; set; }

    /// <summary>Password of the private key. Default: none.</summary>
    [DataType(DataType.Password)]
    public string? ClientCertificatePassword { get; set; }

    /// <summary>
    /// Server name that is requested (SNI) and that backends' certificates must match. Default: the host of each backend's address.
    /// </summary>
    [RegularExpression("[A-Za-z0-9._-]{1,253}", ErrorMessage = "a host name")]
    public string? ServerName { get; set; }

    /// <summary>Whether the options name any file to read.</summary>
    internal bool NamesCertificates => !string.IsNullOrEmpty(CertificateAuthorities) || !string.IsNullOrEmpty(ClientCertificate);
}
