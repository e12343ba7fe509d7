using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class EffectiveTextTests
{
    private const string Address = "ReverseProxy:Clusters:c:Destinations:d:Address";

    [Theory]
    [InlineData("ReverseProxy:Routes:r:Transforms:1:Set", "Bearer hidden", "ReverseProxy:Routes:r:Transforms:1:RequestHeader", "Authorization")]
    [InlineData("ReverseProxy:Routes:r:Transforms:1:Append", "a=hidden", "ReverseProxy:Routes:r:Transforms:1:RequestHeader", "cookie")]
    [InlineData("ReverseProxy:Routes:r:Transforms:1:Set", "a=hidden", "ReverseProxy:Routes:r:Transforms:1:ResponseHeader", "Set-Cookie")]
    [InlineData("ReverseProxy:Routes:r:Transforms:1:Set", "hidden", "ReverseProxy:Routes:r:Transforms:1:ResponseTrailer", "X-Secret")]
    [InlineData("ReverseProxy:Routes:r:Transforms:1:Set", "hidden", "ReverseProxy:Routes:r:Transforms:1:RequestHeader", "X-Api-Key")]
    [InlineData("ReverseProxy:Routes:r:Transforms:1:Set", "hidden", "ReverseProxy:Routes:r:Transforms:1:QueryValueParameter", "api_key")]
    [InlineData("ReverseProxy:Routes:r:Transforms:1:Set", "Basic hidden", "ReverseProxy:Routes:r:Transforms:1:RequestHeader", "X-Upstream")]
    [InlineData("ReverseProxy:Routes:r:Match:Headers:0:Values:0", "hidden", "ReverseProxy:Routes:r:Match:Headers:0:Name", "X-Api-Key")]
    [InlineData("ReverseProxy:Routes:r:Match:QueryParameters:0:Values:0", "hidden", "ReverseProxy:Routes:r:Match:QueryParameters:0:Name", "token")]
    [InlineData("ReverseProxy:Routes:r:Metadata:Upstream-Secret", "hidden")]
    [InlineData("ReverseProxy:Clusters:c:Metadata:password", "hidden")]
    [InlineData("ReverseProxy:Clusters:c:Destinations:d:Metadata:access_key", "hidden")]
    [InlineData("LoadBalancer:Tls:ClientCertificatePassword", "hidden")]
    [InlineData("Admin:Token", "hidden-for-sixteen-characters")]
    [InlineData("Admin:ExplainToken", "hidden-for-sixteen-characters")]
    public async Task Print_Secret_IsMaskedAndItsKeyIsThere(string key, string value, params string[] more)
    {
        var printed = EffectiveText.Print(await ReadAsync([(key, value), .. more.Length == 0 ? [] : new (string, string?)[] { (more[0], more[1]) }]));

        Assert.DoesNotContain("hidden", printed, StringComparison.Ordinal);
        Assert.Contains("\"***\"", printed, StringComparison.Ordinal);
        Assert.Contains(key.Split(':').Last(part => !char.IsAsciiDigit(part[0])), printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ReverseProxy:Clusters:c:Destinations:d:Address", "http://user:hidden@localhost:1", "http://***@localhost:1")]
    [InlineData("ReverseProxy:Clusters:c:Destinations:d:Health", "http://user:hidden@localhost:1", "http://***@localhost:1")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:WebProxy:Address", "http://user:hidden@proxy:1", "http://***@proxy:1")]
    [InlineData("LoadBalancer:Health:Active:Path", "/health?token=hidden", "/health?token=***")]
    [InlineData("Backends", "http://user:hidden@localhost:2", "http://***@localhost:2")]
    public async Task Print_SecretWithinAUrl_OnlyThatIsMasked(string key, string value, string shown)
    {
        var printed = EffectiveText.Print(await ReadAsync((key, value)));

        Assert.DoesNotContain("hidden", printed, StringComparison.Ordinal);
        Assert.Contains($"\"{shown}", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ReverseProxy:Routes:r:Transforms:1:Set", "shown", "ReverseProxy:Routes:r:Transforms:1:RequestHeader", "X-Tenant")]
    [InlineData("ReverseProxy:Routes:r:Match:Headers:0:Values:0", "shown", "ReverseProxy:Routes:r:Match:Headers:0:Name", "X-Tenant")]
    [InlineData("ReverseProxy:Routes:r:Metadata:Owner", "shown")]
    [InlineData("ReverseProxy:Routes:r:AuthorizationPolicy", "Anonymous")]
    [InlineData("ReverseProxy:Clusters:c:SessionAffinity:AffinityKeyName", "shown")]
    public async Task Print_NoSecret_IsShown(string key, string value, params string[] more) =>
        Assert.Contains(
            $"\"{value}\"",
            EffectiveText.Print(await ReadAsync([(key, value), .. more.Length == 0 ? [] : new (string, string?)[] { (more[0], more[1]) }])),
            StringComparison.Ordinal);

    [Fact]
    public async Task Diff_SecretsDiffer_TellsThatAndNotThem()
    {
        var target = ("ReverseProxy:Routes:r:Transforms:1:RequestHeader", (string?)"Authorization");
        var before = await ReadAsync(
            target,
            ("ReverseProxy:Routes:r:Transforms:1:Set", "Bearer before"),
            ("ReverseProxy:Clusters:c:Metadata:token", "gone"));
        var after = await ReadAsync(
            target,
            ("ReverseProxy:Routes:r:Transforms:1:Set", "Bearer after"),
            ("ReverseProxy:Routes:r:Metadata:token", "new"));

        Assert.Equal(
            [
                "- ReverseProxy:Clusters:c:Metadata:token: ***",
                "+ ReverseProxy:Routes:r:Metadata:token: ***",
                "~ ReverseProxy:Routes:r:Transforms:1:Set: *** -> *** (the secret changed)",
            ],
            ConfigurationDiff.Between(before, after));
    }

    [Fact]
    public async Task Errors_AddressWithAPassword_DoNotTellIt() =>
        Assert.StartsWith(
            "Backends: 'ftp://***@host' is not allowed",
            Assert.Single(await Settings.ErrorsAsync(Settings.Of(("Backends", "ftp://user:hidden@host")))),
            StringComparison.Ordinal);

    [Fact]
    public async Task Errors_TokenThatIsTooShort_DoNotTellIt() =>
        Assert.StartsWith(
            "Admin:ExplainToken: '***' is not allowed",
            Assert.Single(await Settings.ErrorsAsync(Settings.Of(("Admin:ExplainToken", "hidden")))),
            StringComparison.Ordinal);

    private static Task<EffectiveConfiguration> ReadAsync(params (string Key, string? Value)[] settings) => Settings.ReadAsync(Settings.Of(
    [
        ("ReverseProxy:Routes:r:ClusterId", "c"),
        ("ReverseProxy:Routes:r:Match:Path", "/"),
        ("ReverseProxy:Routes:r:Transforms:0:PathPrefix", "/prefix"),
        .. settings.Any(setting => setting.Key == Address) ? [] : new (string, string?)[] { (Address, "http://localhost:1") },
        .. settings,
    ]));
}
