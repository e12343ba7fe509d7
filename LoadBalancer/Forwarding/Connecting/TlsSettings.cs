using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace AspireLB.LoadBalancer.Forwarding.Connecting;

/// <summary>How connections to a cluster's https backends are secured.</summary>
internal sealed record TlsSettings(SslProtocols Protocols, bool AcceptsAnyCertificate, X509Certificate2? ClientCertificate = null)
{
    /// <summary>Options of one handshake. The server name is verified and sent (SNI), HTTP/1.1 is offered by ALPN.</summary>
    public SslClientAuthenticationOptions For(string host) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = Protocols,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        ClientCertificates = ClientCertificate is null ? null : [ClientCertificate],
        RemoteCertificateValidationCallback = AcceptsAnyCertificate ? static (_, _, _, _) => true : null,
    };
}
