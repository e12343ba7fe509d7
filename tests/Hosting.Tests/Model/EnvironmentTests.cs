using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireLB.Hosting.Tests.Model;

public sealed class EnvironmentTests
{
    private const string Clusters = "ReverseProxy__Clusters__";
    private const string Routes = "ReverseProxy__Routes__";

    [Fact]
    public async Task WithBackend_Several_AreOneClusterForEveryPath()
    {
        var builder = TestModel.CreateBuilder(publish: true);
        var balancer = builder.AddLoadBalancer("lb").WithBackend(builder.AddWeb("a"), weight: 2).WithBackend(builder.AddWeb("b"));
        var environment = await balancer.EnvironmentAsync();

        Assert.Equal("{a.bindings.http.url}", environment[Clusters + "backends__Destinations__a__Address"]);
        Assert.Equal("{b.bindings.http.url}", environment[Clusters + "backends__Destinations__b__Address"]);
        Assert.Equal("2", environment[Clusters + "backends__Destinations__a__Metadata__Weight"]);
        Assert.DoesNotContain(Clusters + "backends__Destinations__b__Metadata__Weight", environment.Keys);
        Assert.Equal("/{**path}", environment[Routes + "backends__Match__Path"]);
        Assert.Equal("backends", environment[Routes + "backends__ClusterId"]);
    }

    [Fact]
    public async Task WithBackend_EndpointNamed_TakesThatOne()
    {
        var builder = TestModel.CreateBuilder(publish: true);
        var backend = builder.AddWeb("a").WithHttpEndpoint(targetPort: 81, name: "other");
        var environment = await builder.AddLoadBalancer("lb").WithBackend(backend, endpointName: "other").EnvironmentAsync();

        Assert.Equal("{a.bindings.other.url}", environment[Clusters + "backends__Destinations__a__Address"]);
    }

    [Fact]
    public async Task WithRoute_OneBesideBackends_IsAClusterOfItsOwn()
    {
        var builder = TestModel.CreateBuilder(publish: true);
        var (files, more) = (builder.AddWeb("files"), builder.AddWeb("more"));
        var balancer = builder.AddLoadBalancer("lb")
            .WithBackend(builder.AddWeb("a"))
            .WithRoute("/static/{**path}", files, more)
            .WithRoute("/old", files);
        var environment = await balancer.EnvironmentAsync();

        Assert.Equal("/static/{**path}", environment[Routes + "files__Match__Path"]);
        Assert.Equal("{more.bindings.http.url}", environment[Clusters + "files__Destinations__more__Address"]);
        Assert.Equal("/old", environment[Routes + "files-2__Match__Path"]);
        Assert.Equal("files-2", environment[Routes + "files-2__ClusterId"]);
        Assert.DoesNotContain(Clusters + "backends__Destinations__files__Address", environment.Keys);
    }

    [Fact]
    public async Task Environment_InRunMode_IsTheAppHosts()
    {
        var builder = TestModel.CreateBuilder();
        builder.Environment.EnvironmentName = "Staging";
        var balancer = builder.AddLoadBalancer("lb");

        Assert.Equal("Staging", (await balancer.EnvironmentAsync())["ASPNETCORE_ENVIRONMENT"]);
    }

    [Fact]
    public async Task Settings_Each_StandAsKeysOfTheBalancer()
    {
        var builder = TestModel.CreateBuilder(publish: true);
        var balancer = builder.AddLoadBalancer("lb")
            .WithBackend(builder.AddWeb("a"))
            .WithPolicy(LoadBalancingPolicy.PowerOfTwoChoices)
            .WithHealthCheck("/health", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(250))
            .WithStickySessions("session")
            .WithSetting("LoadBalancer:Retry:MaxAttempts", "2");
        var environment = await balancer.EnvironmentAsync();

        Assert.Equal("PowerOfTwoChoices", environment["LoadBalancer__Policy"]);
        Assert.Equal("/health", environment["LoadBalancer__Health__Active__Path"]);
        Assert.Equal("00:00:01", environment["LoadBalancer__Health__Active__Interval"]);
        Assert.Equal("00:00:00.2500000", environment["LoadBalancer__Health__Active__Timeout"]);
        Assert.Equal("true", environment[Clusters + "backends__SessionAffinity__Enabled"]);
        Assert.Equal("session", environment[Clusters + "backends__SessionAffinity__AffinityKeyName"]);
        Assert.Equal("2", environment["LoadBalancer__Retry__MaxAttempts"]);
    }

    [Fact]
    public async Task Run_Replicas_AreBackendsAtTheirOwnAddresses()
    {
        var builder = TestModel.CreateBuilder();
        var api = builder.AddProcess("api", replicas: 2);
        var balancer = builder.AddLoadBalancer("lb", 18100, 18101).WithBackend(api, weight: 3);
        balancer.Resource.Board.Take(api.Resource.News("api-1", "Running", "http://localhost:18102"));
        balancer.Resource.Board.Take(api.Resource.News("api-2", "Exited", "http://localhost:18103"));
        var environment = await balancer.EnvironmentAsync();

        Assert.Equal("http://localhost:18102", environment[Clusters + "backends__Destinations__api-1__Address"]);
        Assert.Equal("3", environment[Clusters + "backends__Destinations__api-1__Metadata__Weight"]);
        Assert.DoesNotContain(environment.Keys, key => key.Contains("api-2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NoBackendRuns_ClusterIsThereWithoutBackends()
    {
        var builder = TestModel.CreateBuilder();
        var api = builder.AddProcess("api");
        var balancer = builder.AddLoadBalancer("lb", 18100, 18101).WithBackend(api);
        balancer.Resource.Board.Take(api.Resource.News("api-1", "FailedToStart"));
        var environment = await balancer.EnvironmentAsync();

        Assert.Equal("false", environment[Clusters + "backends__SessionAffinity__Enabled"]);
        Assert.DoesNotContain(environment.Keys, key => key.Contains("Destinations", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AddressThatStays_IsABackendBeforeItRuns()
    {
        var builder = TestModel.CreateBuilder();
        var server = builder.AddExecutable("server", "web", ".").WithHttpEndpoint(port: 18104, isProxied: false);
        var balancer = builder.AddLoadBalancer("lb", 18100, 18101).WithBackend(server);
        balancer.Resource.Board.Take(server.Resource.News("server-1", "FailedToStart"));
        var environment = await balancer.EnvironmentAsync();

        Assert.Equal("{server.bindings.http.url}", environment[Clusters + "backends__Destinations__server__Address"]);
    }

    [Fact]
    public async Task Run_Listeners_AreOnLoopback()
    {
        var builder = TestModel.CreateBuilder();
        var server = builder.AddProcess("server");
        var balancer = builder.AddLoadBalancer("lb", 18100, 18101).WithBackend(server);
        balancer.Resource.Board.Take(server.Resource.News("server-1", "Exited"));
        var environment = await balancer.EnvironmentAsync();

        Assert.StartsWith("http://localhost:", environment["ASPNETCORE_URLS"], StringComparison.Ordinal);
        Assert.Contains("Admin__Port", environment.Keys);
        Assert.DoesNotContain("Admin__Urls", environment.Keys);
    }
}
