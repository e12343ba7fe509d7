using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AspireLB.Balancing.Configuring;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The certificates read from the files of <see cref="AdminTlsOptions"/>.</summary>
/// <param name="Server">The listener's certificate, with its key.</param>
/// <param name="Between">The intermediate certificates.</param>
/// <param name="ClientRoots">The roots that client certificates must chain to; null when clients need no certificate.</param>
internal sealed record AdminCertificates(X509Certificate2 Server, X509Certificate2Collection Between, X509Certificate2Collection? ClientRoots)
{
    private const string Section = $"{AdminSection.Key}:{nameof(AdminOptions.Tls)}:";

    /// <summary>Reads the files. Returns null and adds to the errors if a file can't be used.</summary>
    public static AdminCertificates? Load(AdminTlsOptions options, ICollection<ConfigurationError> errors)
    {
        var before = errors.Count;
        var chain = Read(nameof(options.Certificate), options.Certificate, errors);
        var roots = options.ClientCa is null ? null : Read(nameof(options.ClientCa), options.ClientCa, errors);
        if (errors.Count > before || chain is null)
            return null;

        var keyFile = options.Key ?? options.Certificate!;
        try
        {
            return new(Usable(X509Certificate2.CreateFromPemFile(options.Certificate!, keyFile)), [.. chain.Skip(1)], roots);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            errors.Add(new(
                Section + nameof(options.Key),
                keyFile,
                $"expected: a PEM file with the unencrypted private key of the certificate ({exception.Message})"));
            return null;
        }
    }

    private static X509Certificate2Collection? Read(string option, string? path, ICollection<ConfigurationError> errors)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            if (path is not null)
                certificates.ImportFromPemFile(path);
            if (certificates.Count > 0)
                return certificates;
            errors.Add(new(Section + option, path, "expected: a PEM file with certificates"));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            errors.Add(new(Section + option, path, $"expected: a PEM file with certificates ({exception.Message})"));
        }

        return null;
    }

    // On Windows, TLS does not accept a key that exists only in memory.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
