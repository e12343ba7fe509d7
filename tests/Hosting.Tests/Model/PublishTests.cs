using System.Text.Json.Nodes;
using Aspire.Hosting;

namespace AspireLB.Hosting.Tests.Model;

public sealed class PublishTests
{
    [Fact]
    public async Task Manifest_Balancer_IsAContainerWithItsBackendsNames()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var balancer = (await PublishAsync(directory.FullName))["lb"]!;

            Assert.Equal("container.v0", balancer["type"]!.ToString());
            Assert.Equal("registry.test/balancer:3", balancer["image"]!.ToString());
            Assert.Null(balancer["args"]);
            var environment = balancer["env"]!;
            Assert.Equal("{web.bindings.http.url}", environment["ReverseProxy__Clusters__backends__Destinations__web__Address"]!.ToString());
            Assert.Equal("http://*:{lb.bindings.http.targetPort}", environment["ASPNETCORE_URLS"]!.ToString());
            Assert.Equal("{lb-admin-token.value}", environment["Admin__Token"]!.ToString());
            Assert.Equal("true", balancer["bindings"]!["http"]!["external"]!.ToString());
            Assert.Null(balancer["bindings"]!["management"]!["external"]);
            Assert.Equal(8080, (int)balancer["bindings"]!["http"]!["targetPort"]!);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Manifest_Backend_HasNothingOfTheBalancer()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            Assert.DoesNotContain("ASPIRELB", (await PublishAsync(directory.FullName))["web"]!.ToJsonString(), StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<JsonNode> PublishAsync(string directory)
    {
        var path = Path.Combine(directory, "manifest.json");
        var builder = DistributedApplication.CreateBuilder(["--operation", "publish", "--publisher", "manifest", "--output-path", path]);
        builder.AddLoadBalancer("lb", port: 80)
            .WithBackend(builder.AddWeb("web"))
            .WithImage("registry.test/balancer", "3")
            .WithExternalHttpEndpoints();
        await using var application = builder.Build();
        await application.RunAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!["resources"]!;
    }
}
