using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>TlsCertificates holds the certificates that a cluster's options name, read from their files.</summary>
internal sealed class TlsCertificates
{
    private readonly X509Certificate2Collection? _authorities;

    private TlsCertificates(X509Certificate2Collection? authorities, SslStreamCertificateContext? client)
    {
        _authorities = authorities;
        Client = client;
        var all = (authorities ?? []).Select(authority => authority.Thumbprint).Append(client?.TargetCertificate.Thumbprint);
        Fingerprint = string.Join(' ', all);
    }

    // A separate constructor, so that a process without certificates does not load the cryptography assemblies.
    private TlsCertificates() => Fingerprint = "";

    public static TlsCertificates None { get; } = new();

    /// <summary>The client certificate with its chain; null if there is none.</summary>
    public SslStreamCertificateContext? Client { get; }

    /// <summary>Identifies the certificates. A changed file changes the text.</summary>
    public string Fingerprint { get; }

    /// <exception cref="CryptographicException">A file does not contain what it should.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not read a file.</exception>
    public static TlsCertificates Read(TlsOptions options) => options.NamesCertificates ? ReadFiles(options) : None;

    /// <summary>Creates the policy for validating chains; null if the system's authorities are trusted.</summary>
    public X509ChainPolicy? CreateChainPolicy()
    {
        if (_authorities is null)
            return null;

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TlsCertificates ReadFiles(TlsOptions options) => new(ReadAuthorities(options.CertificateAuthorities), ReadClient(options));

    private static X509Certificate2Collection? ReadAuthorities(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return null;

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("The file holds no certificate in PEM.");
    }

    private static SslStreamCertificateContext? ReadClient(TlsOptions options)
    {
        if (string.IsNullOrEmpty(options.ClientCertificate))
            return null;

        var (path, password) = (options.ClientCertificate, options.ClientCertificatePassword);
        if (Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12")
        {
            var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password, KeyStorage());
            var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey)
                ?? throw new CryptographicException("The file holds no private key.");
            return SslStreamCertificateContext.Create(own, all, offline: true);
        }

        var key = string.IsNullOrEmpty(options.ClientCertificateKey) ? path : options.ClientCertificateKey;
        using var read = string.IsNullOrEmpty(password)
            ? X509Certificate2.CreateFromPemFile(path, key)
            : X509Certificate2.CreateFromEncryptedPemFile(path, password, key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(path);

        // TLS on Windows supports only keys from a key store.
        var client = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null, KeyStorage());
        return SslStreamCertificateContext.Create(client, chain, offline: true);
    }

    private static X509KeyStorageFlags KeyStorage() =>
        OperatingSystem.IsWindows() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;
}
