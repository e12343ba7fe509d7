using AspireLB.Balancing;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Tests.Balancing.Embedding;

public class OptionsTests
{
    private static readonly ClusterConfig Api = Gateway.ClusterOf("http://127.0.0.1:1");

    [Fact]
    public void Code_ManyMistakes_ThrowsWithEachOfThem()
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => Gateway.Build(
            proxy => proxy.AddBalancing(options =>
            {
                options.Retry.MaxAttempts = 0;
                options.Timeouts.Connect = TimeSpan.FromDays(1);
                options.Retry.StatusCodes = [503, 200];
                options.ForCluster("api", api => api.Policy = "Nearest").ForCluster("web", web => web.Policy = "Random");
            }),
            Api));

        Assert.Equal(
            [
                "BalancingOptions:Retry:MaxAttempts: '0' is not allowed; allowed: 1 to 100",
                "BalancingOptions:Retry:StatusCodes: '200' is not allowed; allowed: 400 to 599",
                "BalancingOptions:Timeouts:Connect: '1.00:00:00' is not allowed; allowed: 00:00:00.0010000 to 00:10:00",
                "BalancingOptions:Clusters: 'web' is not allowed; allowed: the clusters of YARP's configuration (api)",
                "BalancingOptions:Clusters:api:Policy: 'Nearest' is not allowed; "
                + "allowed: FirstAlphabetical, LeastRequests, PowerOfTwoChoices, Random, RoundRobin",
            ],
            thrown.Failures);
    }

    [Fact]
    public void Section_ManyMistakes_ThrowsWithEachOfThem()
    {
        var section = Section(
            ("Retry:MaxAttempts", "no"), ("Retri", "1"),
            ("Clusters:api:Limits:QueueLength", "-1"), ("Clusters:web:Policy", "Random"), ("MaxInFlight", "5"));

        var thrown = Assert.Throws<OptionsValidationException>(() => Gateway.Build(proxy => proxy.AddBalancing(section), Api));

        Assert.Equal(5, thrown.Failures.Count());
        Assert.Contains("LoadBalancer:Retry:MaxAttempts: 'no' is not allowed; expected: a whole number", thrown.Failures);
        Assert.Contains("LoadBalancer:Clusters:api:Limits:QueueLength: '-1' is not allowed; allowed: 0 to 1000000", thrown.Failures);
        AssertBegins("LoadBalancer:Retri: unknown key; did you mean Retry?");
        AssertBegins("LoadBalancer:Clusters:web: unknown key");
        AssertBegins("LoadBalancer:MaxInFlight: unknown key"); // the program's alone

        void AssertBegins(string words) => Assert.Contains(thrown.Failures, failure => failure.StartsWith(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Yarp_NamesAPolicyThatIsNotOurs_Throws()
    {
        var cluster = Api with { LoadBalancingPolicy = "Sticky" };

        var thrown = Assert.Throws<OptionsValidationException>(() => Gateway.Build(proxy => proxy.AddBalancing(), cluster));

        var failure = Assert.Single(thrown.Failures);
        Assert.StartsWith("Clusters:api:LoadBalancingPolicy: 'Sticky' is not allowed; allowed: ", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Yarp_NamesPolicyAndProbes_TheyAreTakenOverAndYarpsOwnTurnedOff()
    {
        var cluster = Api with
        {
            LoadBalancingPolicy = "LeastRequests",
            HealthCheck = new()
            {
                Active = new() { Enabled = true, Interval = TimeSpan.FromSeconds(7), Path = "/ready" },
                Passive = new() { Enabled = true },
            },
        };
        await using var gateway = Gateway.Build(
            proxy => proxy.AddBalancing(all => all.ForCluster("api", api => api.Retry.MaxAttempts = 2)), cluster);

        var options = OptionsOf(gateway);
        Assert.Equal(("LeastRequests", 2), (options.Policy, options.Retry.MaxAttempts));
        Assert.Equal((TimeSpan.FromSeconds(7), "/ready"), (options.Health.Active.Interval, options.Health.Active.Path));
        var applied = gateway.Applied().Config;
        Assert.Null(applied.LoadBalancingPolicy);
        Assert.Equal(new HealthCheckConfig { AvailableDestinationsPolicy = OwnedCluster.AvailabilityPolicy }, applied.HealthCheck);
    }

    [Fact]
    public async Task Code_DefaultsAndOneCluster_OthersKeepTheDefaults()
    {
        await using var gateway = Gateway.Build(
            proxy => proxy.AddBalancing(options =>
            {
                options.Retry.StatusCodes = [503];
                options.ForCluster("API", api => api.Retry.StatusCodes[0] = 500);
            }),
            Api, Api with { ClusterId = "web" });

        Assert.Equal([500], OptionsOf(gateway).Retry.StatusCodes);
        Assert.Equal([503], OptionsOf(gateway, "web").Retry.StatusCodes);
    }

    [Fact]
    public async Task SectionChanges_Valid_TakesEffect_Invalid_IsLoggedAndIgnored()
    {
        var configuration = new ConfigurationManager { ["LoadBalancer:Policy"] = "Random" };
        await using var gateway = Gateway.Build(proxy => proxy.AddBalancing(configuration.GetSection("LoadBalancer")), Api);
        Assert.Equal("Random", OptionsOf(gateway).Policy);

        configuration["LoadBalancer:Policy"] = "LeastRequests";
        ((IConfigurationRoot)configuration).Reload();
        await EndToEnd.Eventually.TrueAsync(() => OptionsOf(gateway).Policy == "LeastRequests", TestContext.Current.CancellationToken);

        configuration["LoadBalancer:Policy"] = "Nearest";
        ((IConfigurationRoot)configuration).Reload();
        await EndToEnd.Eventually.TrueAsync(
            () => gateway.Log.All.Any(line => line.Contains("LoadBalancer:Policy: 'Nearest' is not allowed", StringComparison.Ordinal)),
            TestContext.Current.CancellationToken);
        Assert.Equal("LeastRequests", OptionsOf(gateway).Policy);
    }

    [Fact]
    public async Task YarpChanges_OneClusterIsInvalid_AllOptionsStay()
    {
        await using var gateway = Gateway.Build(proxy => proxy.AddBalancing(), Api);

        gateway.Update(Api with { LoadBalancingPolicy = "Random" }, Api with { ClusterId = "web", LoadBalancingPolicy = "Nearest" });
        Assert.Equal("RoundRobin", OptionsOf(gateway).Policy);

        gateway.Update(Api with { LoadBalancingPolicy = "Random" });
        Assert.Equal("Random", OptionsOf(gateway).Policy);
    }

    [Fact]
    public void AddBalancing_Twice_Throws() =>
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddLogging().AddReverseProxy().AddBalancing().AddBalancing());

    private static ClusterOptions OptionsOf(Gateway gateway, string cluster = Gateway.Cluster) =>
        gateway.Services.GetRequiredService<IClusterOptionsSource>().For(cluster);

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"LoadBalancer:{setting.Key}", setting => (string?)setting.Value))
            .Build().GetSection("LoadBalancer");
}
