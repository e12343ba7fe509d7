namespace AspireLB.LoadBalancer.Tests.Configuring;

public class LoadBalancerSectionTests
{
    private const string TwoClusters = """
        "ReverseProxy": {
          "Routes": { "all": { "ClusterId": "web", "Match": { "Path": "{**path}" } } },
          "Clusters": {
            "web": {
              "LoadBalancingPolicy": "LeastRequests",
              "HealthCheck": {
                "Active": { "Enabled": true, "Interval": "00:00:07", "Timeout": "00:00:03", "Path": "/from-yarp", "Query": "?full=1" } },
              "Destinations": { "a": { "Address": "http://localhost:1" } }
            },
            "plain": { "Destinations": { "b": { "Address": "http://localhost:2" } } }
          }
        }
        """;

    [Fact]
    public async Task Read_DefaultsYarpAndOverride_TheMostSpecificWins()
    {
        var configuration = await Settings.ReadAsync(Settings.Json($$"""
            { {{TwoClusters}},
              "LoadBalancer": {
                "Policy": "Random", "Health": { "Active": { "Interval": "00:00:09", "Path": "/default", "Rise": 4 } }, "Retry": { "MaxAttempts": 5 },
                "Clusters": { "WEB": { "Health": { "Active": { "Timeout": "00:00:01" } }, "Retry": { "MaxAttempts": 1 } } } } }
            """));

        var web = configuration.LoadBalancer.For("web");
        Assert.Equal("LeastRequests", web.Policy);
        Assert.Equal(TimeSpan.FromSeconds(7), web.Health.Active.Interval);
        Assert.Equal(TimeSpan.FromSeconds(1), web.Health.Active.Timeout);
        Assert.Equal("/from-yarp?full=1", web.Health.Active.Path);
        Assert.Equal(4, web.Health.Active.Rise);
        Assert.Equal(1, web.Retry.MaxAttempts);

        var plain = configuration.LoadBalancer.For("plain");
        Assert.Equal("Random", plain.Policy);
        Assert.Equal("/default", plain.Health.Active.Path);
        Assert.Equal(TimeSpan.FromSeconds(9), plain.Health.Active.Interval);
        Assert.Equal(5, plain.Retry.MaxAttempts);
        Assert.Equal(5, configuration.LoadBalancer.For("not configured").Retry.MaxAttempts);
    }

    [Fact]
    public async Task Read_UnknownCluster_IsAnErrorThatNamesThoseThereAre() => Assert.Equal(
        ["LoadBalancer:Clusters:wob: unknown key; did you mean web? Known here: plain, web"],
        await Settings.ErrorsAsync(Settings.Json($$"""{ {{TwoClusters}}, "LoadBalancer": { "Clusters": { "wob": { "Policy": "Random" } } } }""")));

    [Fact]
    public async Task Read_UnknownKeyInOverride_IsAnError() => Assert.StartsWith(
        "LoadBalancer:Clusters:web:Polcy: unknown key; did you mean Policy?",
        Assert.Single(await Settings.ErrorsAsync(
            Settings.Json($$"""{ {{TwoClusters}}, "LoadBalancer": { "Clusters": { "web": { "Polcy": "Random" } } } }"""))), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "Policy": "Fastest" }""", "LoadBalancer:Policy")]
    [InlineData("""{ "Clusters": { "plain": { "Policy": "Fastest" } } }""", "LoadBalancer:Clusters:plain:Policy")]
    public async Task Read_UnknownPolicy_IsReportedOnceWhereItStands(string section, string key) => Assert.Equal(
        [$"{key}: 'Fastest' is not allowed; allowed: FirstAlphabetical, LeastRequests, PowerOfTwoChoices, Random, RoundRobin"],
        await Settings.ErrorsAsync(Settings.Json($$"""{ {{TwoClusters}}, "LoadBalancer": {{section}} }""")));

    [Fact]
    public async Task Read_UnknownPolicyInYarpsCluster_IsReportedThere() => Assert.Equal(
        [
            "ReverseProxy:Clusters:web:LoadBalancingPolicy: 'Fastest' is not allowed; "
            + "allowed: FirstAlphabetical, LeastRequests, PowerOfTwoChoices, Random, RoundRobin",
        ],
        await Settings.ErrorsAsync(Settings.Json($$"""{ {{TwoClusters.Replace("LeastRequests", "Fastest", StringComparison.Ordinal)}} }""")));

    [Theory]
    [InlineData("""{ "Health": { "Passive": { "EjectionTime": "00:10:00" } } }""", "LoadBalancer:")]
    [InlineData("""{ "Clusters": { "plain": { "Health": { "Passive": { "EjectionTime": "00:10:00" } } } } }""", "LoadBalancer:Clusters:plain:")]
    public async Task Read_EjectionLongerThanTheLongest_IsReportedOnce(string section, string key) => Assert.Equal(
        [$"{key}Health:Passive:MaxEjectionTime: '00:05:00' is not allowed; expected: at least EjectionTime (00:10:00)"],
        await Settings.ErrorsAsync(Settings.Json($$"""{ {{TwoClusters}}, "LoadBalancer": {{section}} }""")));
}
