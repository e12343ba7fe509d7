using System.Security.Cryptography;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>Checks the rules of a cluster's options that attributes cannot state.</summary>
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
        var (first, longest) = (options.Health.Passive.EjectionTime, options.Health.Passive.MaxEjectionTime);
        if (longest < first)
            errors.Add(new($"{path}:Health:Passive:MaxEjectionTime", $"{longest:c}", $"expected: at least EjectionTime ({first:c})"));
    }

    /// <summary>Reads the certificates: an error at start-up is better than one at the first handshake.</summary>
    public void CheckTls()
    {
        var tls = options.Tls;
        if (!tls.NamesCertificates)
            return;

        TryRead(nameof(tls.CertificateAuthorities), tls.CertificateAuthorities, new() { CertificateAuthorities = tls.CertificateAuthorities });
        TryRead(nameof(tls.ClientCertificate), tls.ClientCertificate, new()
        {
            ClientCertificate = tls.ClientCertificate,
            ClientCertificateKey = tls.ClientCertificateKey,
            ClientCertificatePassword = tls.ClientCertificatePassword,
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
