using System.Text.Json.Nodes;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Tests.Configuring;

namespace AspireLB.LoadBalancer.Tests.Administering.RunTime;

public class KeptSecretsTests
{
    private const string InForce = """
        { "ReverseProxy": {
            "Routes": { "r": { "ClusterId": "c",
              "Match": { "Path": "/", "Headers": [{ "Name": "X-Api-Key", "Values": ["one", "two"] }] },
              "Transforms": [
                { "PathPrefix": "/p" },
                { "RequestHeader": "Authorization", "Set": "Bearer first" },
                { "RequestHeader": "Cookie", "Append": "a" },
                { "RequestHeader": "Cookie", "Append": "b" }] } },
            "Clusters": { "c": { "Metadata": { "token": "third" }, "Destinations": { "d": { "Address": "http://user:password@localhost:1" } } } } } }
        """;

    [Fact]
    public async Task PutBack_AllThatIsShown_IsWhatIsInForce()
    {
        var configuration = await ReadAsync();
        var document = EffectiveText.ToJson(configuration);

        Assert.Empty(KeptSecrets.Restore(document, configuration));

        Assert.Equal(EffectiveText.Flatten(configuration), JsonLeaves.ByKey(document));
    }

    [Theory]
    // Another position in the list, different case.
    [InlineData("""{ "routes": { "R": { "transforms": [{ "requestHeader": "authorization", "set": "***" }] } } }""", "Bearer first")]
    [InlineData("""{ "Routes:r:Transforms:0": { "RequestHeader": "Authorization", "Set": "***" } }""", "Bearer first")]
    [InlineData(
        """{ "Clusters": { "c": { "Destinations": { "d": { "Address": "http://***@localhost:1" } } } } }""",
        "http://user:password@localhost:1")]
    // The name is not a secret's, so these are literal asterisks.
    [InlineData("""{ "Clusters": { "c": { "Metadata": { "other": "***", "token": "***" } } } }""", "third")]
    public async Task PutBack_MaskInItsPlace_IsTheSecret(string section, string secret)
    {
        var document = new JsonObject { ["ReverseProxy"] = JsonNode.Parse(section) };

        Assert.Empty(KeptSecrets.Restore(document, await ReadAsync()));

        Assert.Contains(secret, JsonLeaves.ByKey(document).Values);
    }

    [Theory]
    [InlineData(
        """{ "Routes": { "other": { "Transforms": [{ "RequestHeader": "Authorization", "Set": "***" }] } } }""",
        "ReverseProxy:Routes:other:Transforms:0:Set")]
    [InlineData(
        """{ "Routes": { "r": { "Transforms": [{ "RequestHeader": "X-Api-Key", "Set": "***" }] } } }""",
        "ReverseProxy:Routes:r:Transforms:0:Set")]
    [InlineData(
        """{ "Routes": { "r": { "Transforms": [{ "ResponseHeader": "Authorization", "Set": "***" }] } } }""",
        "ReverseProxy:Routes:r:Transforms:0:Set")]
    [InlineData(
        """{ "Routes": { "r": { "Transforms": [{ "RequestHeader": "Authorization", "Set": "Bearer ***" }] } } }""",
        "ReverseProxy:Routes:r:Transforms:0:Set")]
    // Ambiguous between two secrets.
    [InlineData(
        """{ "Routes": { "r": { "Transforms": [{ "RequestHeader": "Cookie", "Append": "***" }] } } }""",
        "ReverseProxy:Routes:r:Transforms:0:Append")]
    [InlineData(
        """{ "Routes": { "r": { "Match": { "Headers": [{ "Name": "X-Api-Key", "Values": ["***"] }] } } } }""",
        "ReverseProxy:Routes:r:Match:Headers:0:Values:0")]
    [InlineData(
        """{ "Clusters": { "c": { "Destinations": { "d": { "Address": "http://***@elsewhere:1" } } } } }""",
        "ReverseProxy:Clusters:c:Destinations:d:Address")]
    [InlineData("""{ "Clusters": { "c": { "Metadata": { "password": "***" } } } }""", "ReverseProxy:Clusters:c:Metadata:password")]
    [InlineData("""{ "Clusters:c:Metadata:password": "***" }""", "ReverseProxy:Clusters:c:Metadata:password")]
    public async Task PutBack_MaskThatStandsForNothing_IsAnErrorThatNamesItsKey(string section, string key)
    {
        var error = Assert.Single(KeptSecrets.Restore(new JsonObject { ["ReverseProxy"] = JsonNode.Parse(section) }, await ReadAsync()));

        Assert.Equal(key, error.Key);
        Assert.Contains("*** stands for the secret that was here before", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutBack_SecretWrittenOut_IsTaken()
    {
        const string Json = """{ "Routes": { "r": { "Transforms": [{ "RequestHeader": "Authorization", "Set": "Bearer another" }] } } }""";
        var document = new JsonObject { ["ReverseProxy"] = JsonNode.Parse(Json) };

        Assert.Empty(KeptSecrets.Restore(document, await ReadAsync()));

        Assert.Equal("Bearer another", JsonLeaves.ByKey(document)["ReverseProxy:Routes:r:Transforms:0:Set"]);
    }

    private static Task<EffectiveConfiguration> ReadAsync() => Settings.ReadAsync(Settings.Json(InForce));
}
