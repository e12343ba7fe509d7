using System.Security.Cryptography;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>The rules of a cluster's options that no attribute can state.</summary>
internal sealed class ClusterRules(string path, ClusterOptions options, ICollection<ConfigurationError> errors)
{
    public void CheckPolicy(string key, PolicyNames policies)
    {
        if (!policies.Contains(options.Policy))
            errors.Add(new(key, options.Policy, $"allowed: {policies}"));
    }

    /// <summary>Checks a rule that spans two options.</summary>
    public void CheckPassive()
    {
        var passive = options.Health.Passive;
        if (passive.MaxEjectionTime < passive.EjectionTime)
            errors.Add(new($"{path}:Health:Passive:MaxEjectionTime", $"{passive.MaxEjectionTime:c}", $"expected: at least EjectionTime ({passive.EjectionTime:c})"));
    }

    /// <summary>Reads the certificates: a failure now is better than one at the first handshake.</summary>
    public void CheckTls()
    {
        if (!options.Tls.NamesCertificates)
            return;

        TryRead(nameof(TlsOptions.CertificateAuthorities), options.Tls.CertificateAuthorities, new() { CertificateAuthorities = options.Tls.CertificateAuthorities });
        TryRead(nameof(TlsOptions.ClientCertificate), options.Tls.ClientCertificate, new()
        {
            ClientCertificate = options.Tls.ClientCertificate,
            ClientCertificateKey = options.Tls.ClientCertificateKey,
            ClientCertificatePassword = options.Tls.ClientCertificatePassword,
        });
    }

    private void TryRead(string key, string? value, TlsOptions tls)
    {
        try
        {
            TlsCertificates.Read(tls);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            errors.Add(new($"{path}:Tls:{key}", value, error.Message));
        }
    }
}
