using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class ConfigurationReaderTests
{
    [Fact]
    public async Task Read_Nothing_FiveDefaultBackendsOnTheDefaultPorts()
    {
        var configuration = await Settings.ReadAsync(Settings.Of());

        var cluster = Assert.Single(configuration.Clusters);
        Assert.Equal(
            Enumerable.Range(1, 5).Select(i => ($"server-{i}", $"http://localhost:{5000 + i}")),
            cluster.Destinations!.Select(pair => (pair.Key, pair.Value.Address)));
        Assert.Equal("/{**path}", Assert.Single(configuration.Routes).Match.Path);
        Assert.Equal("http://localhost:8080", configuration.Urls);
        Assert.Equal("RoundRobin", configuration.LoadBalancer.For(cluster.ClusterId).Policy);
    }

    [Theory]
    [InlineData("""{ "Backends": [] }""")]
    [InlineData("""{ "Backends": "" }""")]
    [InlineData("""{ "Backends": " , " }""")]
    public async Task Read_BackendsWithNothingInIt_IsAnErrorAndNotTheDefaults(string json)
    {
        var error = Assert.Single(await Settings.ErrorsAsync(Settings.Json(json)));

        Assert.StartsWith("Backends: ", error, StringComparison.Ordinal);
        Assert.Contains("allowed: at least one backend", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_BackendsEmptyBesideAReverseProxy_IsWhatItSays()
    {
        var configuration = await Settings.ReadAsync(
            Settings.Json("""{ "Backends": [], "ReverseProxy": { "Clusters": { "c": { "Destinations": { "d": { "Address": "http://d" } } } } } }"""));

        Assert.Equal("c", Assert.Single(configuration.Clusters).ClusterId);
    }

    [Fact]
    public async Task Read_Weights_ReachTheDestinations()
    {
        var configuration = await Settings.ReadAsync(
            Settings.Json("""{ "Backends": [{ "Name": "a", "Address": "http://a", "Weight": 7 }, "http://b"] }"""));

        var destinations = Assert.Single(configuration.Clusters).Destinations!;
        Assert.Equal("7", destinations["a"].Metadata![BackendWeight.Metadata]);
        Assert.Null(destinations["b"].Metadata);
    }

    [Fact]
    public async Task Read_ErrorsInEverySection_AllAtOnce()
    {
        var errors = await Settings.ErrorsAsync(Settings.Json("""
            { "Urls": "8080", "Backends": ["nonsense"], "LoadBalancer": { "Retry": { "MaxAttempts": 0 } }, "Admin": { "Port": -1 },
              "ReverseProxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" } } } } }
            """));

        Assert.Equal(
            ["Admin:Port", "Backends:0", "LoadBalancer:Retry:MaxAttempts", "ReverseProxy:Routes:r:ClusterId", "Urls"],
            errors.Select(error => error.Split(": ")[0]).Order(StringComparer.Ordinal));
    }
}
