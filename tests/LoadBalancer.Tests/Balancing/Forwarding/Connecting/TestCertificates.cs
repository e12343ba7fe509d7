using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;

/// <summary>TestCertificates is an authority for a test, with certificates of it and of others, in files that it deletes when disposed.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-tls-");
    private readonly X509Certificate2 _authority;
    private byte _serial;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=AspireLB test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(40), DateTimeOffset.UnixEpoch.AddYears(100));
        AuthorityFile = Write("authority.pem", _authority.ExportCertificatePem());
    }

    public string AuthorityFile { get; }

    public X509Certificate2 ServerFor(string name) => Issue(name, isExpired: false);

    public X509Certificate2 ExpiredFor(string name) => Issue(name, isExpired: true);

    public static X509Certificate2 SelfSignedFor(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Exportable(RequestFor(name, key).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(40), DateTimeOffset.UnixEpoch.AddYears(100)));
    }

    public string PemOf(X509Certificate2 certificate) =>
        Write($"{certificate.SerialNumber}.pem",
            certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

    public string PfxOf(X509Certificate2 certificate, string password)
    {
        var path = PathOf(certificate.SerialNumber + ".pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, password));
        return path;
    }

    /// <summary>Path of a file that is deleted with the certificates.</summary>
    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    public string Write(string name, string text)
    {
        var path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    private X509Certificate2 Issue(string name, bool isExpired)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var until = DateTimeOffset.UnixEpoch.AddYears(isExpired ? 45 : 90);
        using var certificate = RequestFor(name, key).Create(_authority, DateTimeOffset.UnixEpoch.AddYears(41), until, [++_serial]);
        return Exportable(certificate.CopyWithPrivateKey(key));
    }

    private static CertificateRequest RequestFor(string name, ECDsa key)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static X509Certificate2 Exportable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
