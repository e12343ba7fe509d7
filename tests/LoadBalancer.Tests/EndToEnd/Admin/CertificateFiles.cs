using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>A certificate authority for a test, the certificates it issues, and their PEM files; deleted after the test.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-certificates");
    private readonly X509Certificate2 _root;
    private byte _issued;

    public CertificateFiles(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _root = request.CreateSelfSigned(From, To);
        File.WriteAllText(RootFile, _root.ExportCertificatePem());
    }

    public string RootFile => In("root.pem");

    public string ServerFile => In("server.pem");

    public string ServerKeyFile => In("server.key");

    public string In(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>Issues a certificate for 127.0.0.1 and writes it and its key to the files.</summary>
    public X509Certificate2 WriteServer(string name)
    {
        var certificate = Issue(name, "1.3.6.1.5.5.7.3.1");
        File.WriteAllText(ServerFile, certificate.ExportCertificatePem());
        File.WriteAllText(ServerKeyFile, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    public X509Certificate2 Client(string name) => Issue(name, "1.3.6.1.5.5.7.3.2");

    public void Dispose()
    {
        _root.Dispose();
        _directory.Delete(recursive: true);
    }

    private X509Certificate2 Issue(string name, string purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_root, From.AddDays(1), To.AddDays(-1), [1, ++_issued]);
        return certificate.CopyWithPrivateKey(key);
    }
}
