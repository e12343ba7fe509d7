using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class AdminSectionTests
{
    private const string Token = "sixteen-letters!";

    [Fact]
    public void Read_Nothing_ListensOnLoopbackWithoutToken()
    {
        var (admin, errors) = Read();

        Assert.Empty(errors);
        Assert.Equal("http://127.0.0.1:9090", admin.EffectiveUrls);
        Assert.Null(admin.Token);
        Assert.True(admin.Enabled);
    }

    [Fact]
    public void Read_Port_StandsForLoopback() =>
        Assert.Equal("http://127.0.0.1:9191", Read(("Admin:Port", "9191"), ("Admin:Urls", "http://*:1")).Admin.EffectiveUrls);

    [Theory]
    [InlineData("http://127.0.0.1:9090")]
    [InlineData("http://127.0.0.2:9090")]
    [InlineData("http://localhost:9090")]
    [InlineData("http://[::1]:9090")]
    [InlineData("http://127.0.0.1:1; http://[::1]:1")]
    public void Read_LoopbackWithoutToken_IsFine(string urls) => Assert.Empty(Read(("Admin:Urls", urls)).Errors);

    [Theory]
    [InlineData("http://0.0.0.0:9090")]
    [InlineData("http://*:9090")]
    [InlineData("http://[::]:9090")]
    [InlineData("http://10.0.0.1:9090")]
    [InlineData("http://balancer:9090")]
    [InlineData("http://127.0.0.1:1;http://0.0.0.0:2")]
    public void Read_ReachableWithoutToken_IsRefused(string urls)
    {
        Assert.Equal(
            [$"Admin:Token: a token is required unless the admin listener is on a loopback address, or uses https with Tls:ClientCa ({urls})"],
            Read(("Admin:Urls", urls)).Errors);
        Assert.Empty(Read(("Admin:Urls", urls), ("Admin:Token", Token)).Errors);
        Assert.Empty(Read(("Admin:Urls", urls), ("Admin:Enabled", "false")).Errors);
    }

    [Fact]
    public void Read_ReachableByHttpsAlone_NeedsATokenOrClientCertificates()
    {
        using var files = new CertificateFiles("administrators");
        using var server = files.WriteServer("balancer");
        (string, string?)[] https = [("Admin:Tls:Certificate", files.ServerFile), ("Admin:Tls:Key", files.ServerKeyFile)];

        Assert.StartsWith("Admin:Token: a token is required", Assert.Single(On("https://*:9090;http://[::1]:9091")), StringComparison.Ordinal);
        Assert.Empty(On("https://*:9090", ("Admin:Token", Token)));
        Assert.Empty(On("https://*:9090;http://[::1]:9091", ("Admin:Tls:ClientCa", files.RootFile)));
        Assert.StartsWith(
            "Admin:Token: a token is required",
            Assert.Single(On("https://*:9090;http://*:9091", ("Admin:Tls:ClientCa", files.RootFile))),
            StringComparison.Ordinal);

        string[] On(string urls, params (string, string?)[] more) => Read([("Admin:Urls", urls), .. https, .. more]).Errors;
    }

    [Fact]
    public void Read_TlsThatCannotBe_NamesTheOption()
    {
        using var files = new CertificateFiles("administrators");
        using var server = files.WriteServer("balancer");
        File.WriteAllText(files.In("text"), "no certificate");

        Assert.Equal(["Admin:Tls: none of the addresses uses https (http://127.0.0.1:9090)"], Read(("Admin:Tls:ClientCa", files.RootFile)).Errors);
        Assert.Equal(
            ["Admin:Tls:Certificate: a certificate is required for an https address (https://[::1]:1)"],
            Read(("Admin:Urls", "https://[::1]:1")).Errors);
        Refused("Admin:Tls:Certificate", ("Admin:Tls:Certificate", files.In("none")));
        Refused("Admin:Tls:Certificate", ("Admin:Tls:Certificate", files.In("text")));
        Refused("Admin:Tls:Key", ("Admin:Tls:Certificate", files.ServerFile));
        Refused("Admin:Tls:Key", ("Admin:Tls:Certificate", files.RootFile), ("Admin:Tls:Key", files.ServerKeyFile));
        Refused(
            "Admin:Tls:ClientCa",
            ("Admin:Tls:Certificate", files.ServerFile),
            ("Admin:Tls:Key", files.ServerKeyFile),
            ("Admin:Tls:ClientCa", files.In("none")));

        static void Refused(string option, params (string, string?)[] settings) =>
            Assert.StartsWith(option + ": '", Assert.Single(Read([("Admin:Urls", "https://[::1]:1"), .. settings]).Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Admin:Token", "short")]
    [InlineData("Admin:Token", "")]
    [InlineData("Admin:Port", "65536")]
    [InlineData("Admin:Urls", "9090")]
    [InlineData("Admin:Urls", null)]
    [InlineData("Admin:Url", "http://127.0.0.1:9090")]
    public void Read_BadValue_IsRefused(string key, string? value)
    {
        var errors = Read((key, value)).Errors;

        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.StartsWith(key + ":", error, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_TokenTooShort_IsNotPrinted() =>
        Assert.DoesNotContain("hunter2", Assert.Single(Read(("Admin:Token", "hunter2")).Errors), StringComparison.Ordinal);

    private static (AdminOptions Admin, string[] Errors) Read(params (string, string?)[] settings)
    {
        var errors = new List<ConfigurationError>();
        var admin = AdminSection.Read(Settings.Of(settings), errors);
        return (admin, [.. errors.Select(error => error.ToString())]);
    }
}
