using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class ServiceDiscoveryTests
{
    [Fact]
    public void Resolve_NamedService_GivesItsEndpointsInOrder() =>
        Assert.Equal(["http://localhost:5001", "http://localhost:6001"], Resolve(
            "http://server-1",
            ("services:server-1:http:0", "http://localhost:5001"),
            ("services:server-1:http:1", "http://localhost:6001/")));

    [Fact]
    public void Resolve_AddressWithPath_KeepsThePath() =>
        Assert.Equal(["http://localhost:5001/api"], Resolve("http://server-1/api/", ("services:server-1:http:0", "http://localhost:5001")));

    [Theory]
    [InlineData("http://other")] // no keys: DNS
    [InlineData("http://server-1:5001")] // a port: an address already
    [InlineData("https://server-1")] // another scheme
    [InlineData("nonsense")]
    public void Resolve_AnythingElse_StaysAsItIs(string address) =>
        Assert.Equal([address], Resolve(address, ("services:server-1:http:0", "http://localhost:5001")));

    [Fact]
    public async Task Read_ServiceWithTwoEndpoints_BecomesTwoBackends()
    {
        var configuration = Settings.Of(("Backends", "http://server-1,http://server-2"), ("services:server-1:http:0", "http://localhost:5001"),
            ("services:server-1:http:1", "http://localhost:5011"), ("services:server-2:http:0", "http://localhost:5002"));

        var destinations = Assert.Single((await Settings.ReadAsync(configuration)).Clusters).Destinations!;

        Assert.Equal(["server-1", "server-1/2", "server-2"], destinations.Keys);
        Assert.Equal(
            ["http://localhost:5001", "http://localhost:5011", "http://localhost:5002"],
            destinations.Values.Select(destination => destination.Address));
    }

    [Fact]
    public async Task Read_ServiceNamesInDestinations_AreResolvedThereTooAndOthersAreLeftToDns()
    {
        var configuration = Settings.Of(
            ("ReverseProxy:Clusters:c:Destinations:one:Address", "http://server-1/api"),
            ("ReverseProxy:Clusters:c:Destinations:one:Host", "shop.example"),
            ("ReverseProxy:Clusters:c:Destinations:one:Health", "http://server-1"),
            ("ReverseProxy:Clusters:c:Destinations:other:Address", "http://elsewhere"),
            ("services:server-1:http:0", "http://localhost:5001"), ("services:server-1:http:1", "http://localhost:5011"));

        var destinations = Assert.Single((await Settings.ReadAsync(configuration)).Clusters).Destinations!;

        Assert.Equal(
            [
                ("one", "http://localhost:5001/api", "http://localhost:5001", "shop.example"),
                ("one/2", "http://localhost:5011/api", "http://localhost:5011", "shop.example"),
                ("other", "http://elsewhere", null, null),
            ],
            destinations.Select(pair => (pair.Key, pair.Value.Address, pair.Value.Health, pair.Value.Host)));
    }

    private static IReadOnlyList<string> Resolve(string address, params (string, string?)[] settings) =>
        new ServiceDiscovery(Settings.Of(settings)).Resolve(address);
}
