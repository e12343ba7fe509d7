using System.Text.Json.Nodes;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class OptionsSchemaTests
{
    private readonly JsonObject _schema = OptionsSchema.Build();

    [Fact]
    public void Build_Options_IsWhatTheRepositoryHolds()
    {
        var held = JsonNode.Parse(File.ReadAllText(Repository.File("LoadBalancer/appsettings.schema.json")));

        Assert.True(JsonNode.DeepEquals(held, _schema), "Run: dotnet run --project LoadBalancer -- schema > LoadBalancer/appsettings.schema.json");
    }

    [Fact]
    public void Build_RangedOption_HasRangeDefaultAndDescription()
    {
        var attempts = _schema["properties"]!["LoadBalancer"]!["properties"]!["Retry"]!["properties"]!["MaxAttempts"]!;

        Assert.Equal(1, (double)attempts["minimum"]!);
        Assert.Equal(100, (double)attempts["maximum"]!);
        Assert.Equal(3, (int)attempts["default"]!);
        Assert.StartsWith("Total number of attempts for a request", (string)attempts["description"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_EverySection_RefusesUnknownKeys() =>
        Assert.All(["LoadBalancer", "Admin"], section => Assert.False((bool)_schema["properties"]![section]!["additionalProperties"]!));
}
