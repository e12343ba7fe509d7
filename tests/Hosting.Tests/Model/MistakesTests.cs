using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Model;

namespace AspireLB.Hosting.Tests.Model;

public sealed class MistakesTests
{
    private readonly IDistributedApplicationBuilder _builder = TestModel.CreateBuilder();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public void WithBackend_WeightOutOfRange_IsRefused(int weight)
    {
        var mistake = Assert.Throws<ArgumentOutOfRangeException>(() => Balancer().WithBackend(_builder.AddWeb("a"), weight));
        Assert.Contains("from 1 to 1000", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithBackend_SameTwice_IsRefused()
    {
        var backend = _builder.AddWeb("a");
        var balancer = Balancer().WithBackend(backend);
        Assert.Contains("'a' is a backend", Assert.Throws<ArgumentException>(() => balancer.WithBackend(backend)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("static")]
    [InlineData("/{a")]
    [InlineData("/{**a}/b")]
    public void WithRoute_PathThatIsNone_IsRefused(string path)
    {
        var mistake = Assert.Throws<ArgumentException>(() => Balancer().WithRoute(path, _builder.AddWeb("a")));
        Assert.Contains(path, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithRoute_SamePathTwice_IsRefused()
    {
        var balancer = Balancer().WithRoute("/a", _builder.AddWeb("a"));
        Assert.Throws<ArgumentException>(() => balancer.WithRoute("/A", _builder.AddWeb("b")));
    }

    [Fact]
    public void WithHealthCheck_PathOrTimeThatIsNone_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Balancer().WithHealthCheck("health"));
        Assert.Throws<ArgumentOutOfRangeException>(() => _builder.AddLoadBalancer("lb2", 18100, 18101).WithHealthCheck("/health", TimeSpan.Zero));
    }

    [Fact]
    public void WithPolicy_NoSuch_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Balancer().WithPolicy((LoadBalancingPolicy)99));

    [Fact]
    public void WithStickySessions_NameThatIsNone_IsRefused() => Assert.Throws<ArgumentException>(() => Balancer().WithStickySessions("a b"));

    [Fact]
    public void WithProgram_NoSuchFile_IsRefused()
    {
        var mistake = Assert.Throws<FileNotFoundException>(() => Balancer().WithProgram("nowhere.dll"));
        Assert.Contains("nowhere.dll", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_NoBackends_IsRefused() => AssertRefused(Balancer(), "WithBackend or WithRoute");

    [Fact]
    public void Check_NoEndpoint_IsRefused() => AssertRefused(Balancer().WithBackend(_builder.AddContainer("a", "web")), "'a' has no HTTP endpoint");

    [Fact]
    public void Check_NoSuchEndpoint_NamesThoseThereAre() =>
        AssertRefused(Balancer().WithBackend(_builder.AddWeb("a"), endpointName: "other"), "no HTTP endpoint 'other': it has http");

    [Fact]
    public void Check_NoProgram_TellsWhatToDo()
    {
        var balancer = Balancer().WithBackend(_builder.AddWeb("a"));
        balancer.Resource.Program = null;
        AssertRefused(balancer, "call WithProgram");
    }

    [Fact]
    public void Check_ExternalEndpoints_DoNotIncludeTheConsole()
    {
        var balancer = Balancer().WithBackend(_builder.AddWeb("a")).WithExternalHttpEndpoints();
        balancer.Resource.Program = "there";
        BalancerCheck.Check(balancer.Resource, needsProgram: true);

        Assert.True(balancer.Resource.HttpEndpoint.EndpointAnnotation.IsExternal);
        Assert.False(balancer.Resource.ConsoleEndpoint.EndpointAnnotation.IsExternal);
    }

    private static void AssertRefused(IResourceBuilder<LoadBalancerResource> balancer, string message)
    {
        var mistake = Assert.Throws<DistributedApplicationException>(() => BalancerCheck.Check(balancer.Resource, needsProgram: true));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    private IResourceBuilder<LoadBalancerResource> Balancer() => _builder.AddLoadBalancer("lb", 18100, 18101);
}
