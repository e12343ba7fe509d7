using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Provides TLS for the admin listener. Renewed certificates are picked up without a restart; while the new files can't be used, the previous
/// certificates stay in use. A client certificate that does not chain to the configured roots fails the handshake; requests without one are
/// rejected by <see cref="ClientCertificate"/>.
/// </summary>
internal sealed partial class AdminTls(AdminTlsOptions options, TimeProvider time, ILogger<AdminTls> logger)
{
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(10);
    private static readonly Oid ForClients = new("1.3.6.1.5.5.7.3.2"); // id-kp-clientAuth, RFC 5280 §4.2.1.12

    private readonly Lock _lock = new();
    private Settings? _current;
    private long _readAt;
    private bool _failing;

    /// <exception cref="InvalidConfigurationException">A file can't be used.</exception>
    public void Configure(HttpsConnectionAdapterOptions https)
    {
        var errors = new List<ConfigurationError>();
        _current = Read(errors) ?? throw new InvalidConfigurationException(errors);
        _readAt = time.GetTimestamp();
        https.ServerCertificateSelector = (_, _) => Current().Certificates.Server;
        https.ClientCertificateMode = options.ClientCa is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.AllowCertificate;
        https.OnAuthenticate = (_, tls) => Apply(tls);
    }

    private void Apply(SslServerAuthenticationOptions tls)
    {
        var current = Current();
        tls.ServerCertificateSelectionCallback = null;
        tls.ServerCertificateContext = current.Context;

        // A TLS session established under roots that are no longer trusted must not be resumed.
        tls.AllowTlsResume = false;
        if (current.Certificates.ClientRoots is not { } roots)
            return;

        tls.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        tls.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        tls.CertificateChainPolicy.ApplicationPolicy.Add(ForClients);
    }

    private Settings Current()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_readAt) < ReadAgain)
                return _current!;

            _readAt = time.GetTimestamp();
            var errors = new List<ConfigurationError>();
            var renewed = Read(errors);
            if (renewed is null && !_failing)
                Log.NotRenewed(logger, string.Join("; ", errors));
            _failing = renewed is null;
            return _current = renewed ?? _current!;
        }
    }

    private Settings? Read(List<ConfigurationError> errors) =>
        AdminCertificates.Load(options, errors) is { } certificates
            ? new(certificates, SslStreamCertificateContext.Create(certificates.Server, certificates.Between, offline: true))
            : null;

    private sealed record Settings(AdminCertificates Certificates, SslStreamCertificateContext Context);

    private static partial class Log
    {
        [LoggerMessage(24, LogLevel.Error, "The admin listener's certificates can't be read again; the previous ones stay in use: {Errors}",
            EventName = "AdminCertificatesUnreadable")]
        public static partial void NotRenewed(ILogger logger, string errors);
    }
}
