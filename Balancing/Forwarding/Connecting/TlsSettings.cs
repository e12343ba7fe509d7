using System.Net.Security;
using System.Security.Authentication;
using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>TlsSettings configures the TLS connections to a cluster's https backends.</summary>
internal sealed class TlsSettings
{
    private readonly SslProtocols _protocols;
    private readonly bool _acceptsAnyCertificate;
    private readonly TlsCertificates _certificates;
    private readonly string? _serverName;

    private TlsSettings(SslProtocols protocols, bool acceptsAnyCertificate, TlsCertificates certificates, string? serverName)
    {
        _protocols = protocols;
        _acceptsAnyCertificate = acceptsAnyCertificate;
        _certificates = certificates;
        _serverName = serverName;
    }

    /// <summary>Validates against the system's authorities and presents no client certificate.</summary>
    public static TlsSettings Default { get; } = new(SslProtocols.None, false, TlsCertificates.None, null);

    /// <param name="client">YARP's client settings.</param>
    /// <param name="options">Our options; the validation of the configuration has checked their files.</param>
    public static TlsSettings From(HttpClientConfig? client, TlsOptions options) => new(
        client?.SslProtocols ?? SslProtocols.None, client?.DangerousAcceptAnyServerCertificate ?? false, TlsCertificates.Read(options),
        string.IsNullOrEmpty(options.ServerName) ? null : options.ServerName);

    /// <summary>Whether connections made with the other settings can be used in place of connections made with these.</summary>
    public bool IsSame(TlsSettings other) => _protocols == other._protocols && _acceptsAnyCertificate == other._acceptsAnyCertificate
        && _serverName == other._serverName && _certificates.Fingerprint == other._certificates.Fingerprint;

    /// <summary>Creates the options of one handshake. The server's name is sent (SNI) and verified.</summary>
    /// <param name="host">Host of the backend's address.</param>
    /// <param name="protocol">The protocol to offer by ALPN.</param>
    public SslClientAuthenticationOptions For(string host, SslApplicationProtocol protocol) =>
        Apply(new() { TargetHost = _serverName ?? host, ApplicationProtocols = [protocol] });

    /// <summary>Applies the settings to options that the caller completes.</summary>
    public SslClientAuthenticationOptions Apply(SslClientAuthenticationOptions options)
    {
        options.EnabledSslProtocols = _protocols;
        options.ClientCertificateContext = _certificates.Client;
        options.CertificateChainPolicy = _certificates.CreateChainPolicy();
        options.TargetHost ??= _serverName;
        if (_acceptsAnyCertificate)
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        return options;
    }
}
