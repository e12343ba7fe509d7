using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Administering;
using AspireLB.LoadBalancer.Tests.EndToEnd.Admin;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Administering;

public sealed class AdminTlsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CertificateFiles _files = new("authority");
    private readonly HttpsConnectionAdapterOptions _https = new();

    public AdminTlsTests()
    {
        using var first = _files.WriteServer("first");
        new AdminTls(new() { Certificate = _files.ServerFile, Key = _files.ServerKeyFile }, _time, NullLogger<AdminTls>.Instance).Configure(_https);
    }

    [Fact]
    public void Certificate_Renewed_IsTakenUpWithinSeconds()
    {
        using var second = _files.WriteServer("second");

        Assert.Equal("CN=first", Subject());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("CN=second", Subject());
    }

    [Fact]
    public void Certificate_FileBroken_StaysAsReadBeforeUntilMended()
    {
        File.WriteAllText(_files.ServerFile, "half a certifi");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("CN=first", Subject());

        using var second = _files.WriteServer("second");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("CN=second", Subject());
    }

    [Fact]
    public void Configure_NoClientCa_AsksForNoCertificate() => Assert.Equal(ClientCertificateMode.NoCertificate, _https.ClientCertificateMode);

    [Fact]
    public void Configure_FileMissing_Throws() => Assert.Throws<InvalidConfigurationException>(() =>
        new AdminTls(new() { Certificate = _files.In("none") }, _time, NullLogger<AdminTls>.Instance).Configure(_https));

    public void Dispose() => _files.Dispose();

    private string Subject() => _https.ServerCertificateSelector!(null, null)!.Subject;
}
