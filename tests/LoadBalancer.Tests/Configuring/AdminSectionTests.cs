using AspireLB.LoadBalancer.Configuring;

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
    public void Read_Port_StandsForLoopback() => Assert.Equal("http://127.0.0.1:9191", Read(("Admin:Port", "9191"), ("Admin:Urls", "http://*:1")).Admin.EffectiveUrls);

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
        Assert.Equal([$"Admin:Token: a token is required when the admin listener is not on a loopback address ({urls})"], Read(("Admin:Urls", urls)).Errors);
        Assert.Empty(Read(("Admin:Urls", urls), ("Admin:Token", Token)).Errors);
        Assert.Empty(Read(("Admin:Urls", urls), ("Admin:Enabled", "false")).Errors);
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
    public void Read_TokenTooShort_IsNotPrinted() => Assert.DoesNotContain("hunter2", Assert.Single(Read(("Admin:Token", "hunter2")).Errors), StringComparison.Ordinal);

    private static (AdminOptions Admin, string[] Errors) Read(params (string, string?)[] settings)
    {
        var errors = new List<ConfigurationError>();
        var admin = AdminSection.Read(Settings.Of(settings), errors);
        return (admin, [.. errors.Select(error => error.ToString())]);
    }
}
