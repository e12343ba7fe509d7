using AspireLB.Balancing.Routing;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class ReverseProxySectionTests
{
    [Fact]
    public async Task Read_PlainYarpConfiguration_KeepsItsMeaning()
    {
        var configuration = await Settings.ReadAsync(Settings.Json("""
            { "ReverseProxy": {
                "Routes": { "api": { "ClusterId": "c", "Order": 3,
                  "Match": { "Path": "/api/{**rest}", "Methods": ["GET"] }, "Transforms": [{ "PathRemovePrefix": "/api" }] } },
                "Clusters": { "c": {
                  "SessionAffinity": { "Enabled": true, "Policy": "Cookie", "AffinityKeyName": "k" },
                  "Destinations": { "d": { "Address": "http://localhost:1", "Health": "http://localhost:2" } } } } } }
            """));

        var route = Assert.Single(configuration.Routes);
        Assert.Equal(("api", "c", 3, "/api/{**rest}"), (route.RouteId, route.ClusterId, route.Order, route.Match.Path));
        Assert.Equal("/api", Assert.Single(route.Transforms!)["PathRemovePrefix"]);
        var cluster = Assert.Single(configuration.Clusters);
        Assert.Equal("Cookie", cluster.SessionAffinity?.Policy);
        Assert.Equal("http://localhost:2", cluster.Destinations!["d"].Health);
    }

    [Fact]
    public async Task Read_ManyDestinations_AreInNaturalOrder()
    {
        var destinations = string.Join(',', Enumerable.Range(1, 12).Select(i => $$""" "server-{{i}}": { "Address": "http://localhost:{{i}}" } """));
        var configuration = await Settings.ReadAsync(
            Settings.Json($$"""{ "ReverseProxy": { "Clusters": { "c": { "Destinations": { {{destinations}} } } } } }"""));

        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"server-{i}"), Assert.Single(configuration.Clusters).Destinations!.Keys);
    }

    [Fact]
    public async Task Read_ShorthandBesideIt_BothAreThere()
    {
        var configuration = await Settings.ReadAsync(Settings.Json("""
            { "Backends": ["http://a"], "ReverseProxy": {
                "Routes": { "api": { "ClusterId": "c", "Match": { "Path": "/api" } } },
                "Clusters": { "c": { "Destinations": { "d": { "Address": "http://localhost:1" } } } } } }
            """));

        Assert.Equal(["api", "backends"], configuration.Routes.Select(route => route.RouteId));
        Assert.Equal(["c", "backends"], configuration.Clusters.Select(cluster => cluster.ClusterId));
        Assert.Equal(int.MaxValue, configuration.Routes[1].Order);
    }

    [Theory]
    [InlineData(
        """{ "Clusters": { "Backends": { } } }""",
        "ReverseProxy:Clusters:backends: the cluster made from Backends already has this name; choose another")]
    [InlineData(
        """{ "Routes": { "backends": { "ClusterId": "backends", "Match": { "Path": "/x" } } } }""",
        "ReverseProxy:Routes:backends: the route made from Backends already has this name; choose another")]
    public async Task Read_NameOfTheShorthandTaken_IsAnError(string section, string error) =>
        Assert.Equal([error], await Settings.ErrorsAsync(Settings.Json($$"""{ "Backends": ["http://a"], "ReverseProxy": {{section}} }""")));

    [Theory]
    [InlineData(
        """{ "Routes": { "r": { "ClusterId": "nowhere", "Match": { "Path": "/" } } }, "Clusters": { "c": { } } }""",
        "ReverseProxy:Routes:r:ClusterId: 'nowhere' is not allowed; there is no such cluster; there are: c")]
    [InlineData("""{ "Routes": { "r": { "ClusterId": "c" } }, "Clusters": { "c": { } } }""", "ReverseProxy:Routes:r: ")]
    [InlineData("""{ "Clusters": { "c": { "Destinations": { "d": { } } } } }""", "ReverseProxy:Clusters:c: ")]
    [InlineData("""{ "Clusters": { "c": { "HealthCheck": { "Active": { "Interval": "soon" } } } } }""", "ReverseProxy: ")]
    [InlineData(
        """{ "Clusters": { "c": { "Destinations": { "d": { "Address": "nonsense" } } } } }""",
        "ReverseProxy:Clusters:c:Destinations:d:Address: 'nonsense' is not allowed; expected: the URL of a backend")]
    [InlineData(
        """{ "Clusters": { "c": { "Destinations": { "d": { "Address": "http://a", "Health": "b:80" } } } } }""",
        "ReverseProxy:Clusters:c:Destinations:d:Health: 'b:80' is not allowed; expected: the URL of a backend")]
    [InlineData(
        """{ "Clusters": { "c": { "Destinations": { "d": { "Address": "http://a", "Metadata": { "Weight": "heavy" } } } } } }""",
        "ReverseProxy:Clusters:c:Destinations:d:Metadata:Weight: 'heavy' is not allowed; allowed: 1 to 1000")]
    [InlineData(
        """{ "Clusters": { "c": { "Destinations": { "d": { "Address": "http://a", "Metadata": { "Weight": "0" } } } } } }""",
        "ReverseProxy:Clusters:c:Destinations:d:Metadata:Weight: '0' is not allowed; allowed: 1 to 1000")]
    public async Task Read_BadYarpConfiguration_IsAnErrorUnderItsKey(string section, string error) =>
        Assert.StartsWith(
            error,
            Assert.Single(await Settings.ErrorsAsync(Settings.Json($$"""{ "ReverseProxy": {{section}} }"""))),
            StringComparison.Ordinal);

    [Fact]
    public async Task Read_ClustersForYarp_LeaveProbingAndPickingToUs()
    {
        var configuration = await Settings.ReadAsync(Settings.Json("""
            { "ReverseProxy": { "Clusters": { "c": { "LoadBalancingPolicy": "Random",
              "HealthCheck": { "Active": { "Enabled": true }, "Passive": { "Enabled": true } } } } } }
            """));

        var cluster = Assert.Single(configuration.Clusters);
        Assert.Null(cluster.LoadBalancingPolicy);
        Assert.Equal(new() { AvailableDestinationsPolicy = OwnedCluster.AvailabilityPolicy }, cluster.HealthCheck);
    }
}
