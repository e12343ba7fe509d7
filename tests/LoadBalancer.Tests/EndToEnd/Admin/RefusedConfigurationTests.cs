using System.Net;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>Configuration calls that change nothing, so they can share a balancer.</summary>
[Collection(AdminCollection.Name)]
public sealed class RefusedConfigurationTests(AdminRun run) : IClassFixture<AdminRun>
{
    private readonly LoadBalancerProcess _balancer = run.Balancer;

    [Fact]
    public async Task Get_HandedBackUnchanged_IsValidAndChangesNothing()
    {
        var shown = await _balancer.CallAsync("GET", "/api/config");

        var checkedAnswer = await _balancer.CallAsync("POST", "/api/config/validate", shown.Body);

        Assert.Equal(HttpStatusCode.OK, checkedAnswer.Status);
        Assert.Empty(checkedAnswer.Strings("changes"));
    }

    [Fact]
    public async Task Validate_WithErrors_NamesAllOfThem()
    {
        var answer = await _balancer.CallAsync(
            "POST",
            "/api/config/validate",
            JsonNode.Parse("""{"Backends":"nonsense","LoadBalancer":{"Polcy":"x","Retry":{"MaxAttempts":0}}}"""));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal(3, answer.Strings("errors").Length);
    }

    [Theory]
    [InlineData("""{"Urls":"http://127.0.0.1:1","Backends":"http://127.0.0.1:1"}""", "Urls: can't be changed while running")]
    [InlineData("""{"Nonsense":1,"Backends":"http://127.0.0.1:1"}""", "Nonsense: unknown section; allowed: Backends, LoadBalancer, ReverseProxy")]
    [InlineData("{}", "Backends: expected: Backends or ReverseProxy")]
    public async Task Put_SectionsThatCannotBe_IsRefused(string document, string error)
    {
        var answer = await _balancer.CallAsync("PUT", "/api/config", JsonNode.Parse(document));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal([error], answer.Strings("errors"));
    }

    [Theory]
    [InlineData("confirmWithin=-00:00:01")]
    [InlineData("confirmWithin=2.00:00:00")]
    [InlineData("maxErrorRate=2")]
    [InlineData("maxErrorRate=much")]
    public async Task Put_TermsThatCannotBe_IsRefused(string query) =>
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _balancer.CallAsync("PUT", $"/api/config?{query}", new { Backends = new[] { run.Servers.Urls.Last() } })).Status);
}
