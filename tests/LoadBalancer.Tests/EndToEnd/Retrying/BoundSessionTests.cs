using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Retrying;

/// <summary>A session whose backend is gone, before a probe or an ejection has found that out.</summary>
public sealed class BoundSessionTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-session-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("", HttpStatusCode.OK)]
    [InlineData(""" "FailurePolicy": "Redistribute", """, HttpStatusCode.OK)]
    [InlineData(""" "FailurePolicy": "Return503Error", """, HttpStatusCode.ServiceUnavailable)]
    public async Task Get_BackendOfTheSessionIsGone_GoesToAnotherUnlessThePolicyForbidsIt(string policy, HttpStatusCode expected)
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        await using var b = await TestBackend.StartAsync("b", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "appsettings.json"), $$"""
            {
              "LoadBalancer": { "Health": { "Active": { "Enabled": false }, "Passive": { "Enabled": false } } },
              "ReverseProxy": {
                "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" } } },
                "Clusters": { "c": {
                  "SessionAffinity": { "Enabled": true, "Policy": "HashCookie", {{policy}} "AffinityKeyName": "session" },
                  "Destinations": { "a": { "Address": "{{a.Url}}" }, "b": { "Address": "{{b.Url}}" } } } }
              }
            }
            """, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync([], environment: null, Cancelled, _directory.FullName);
        using var bound = new HttpClient { BaseAddress = balancer.Url };
        var home = await bound.GetStringAsync("/", Cancelled);

        await (home == "a" ? a : b).DisposeAsync();
        using var response = await bound.GetAsync("/", Cancelled);

        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.OK)
            Assert.Equal(home == "a" ? "b" : "a", await response.Content.ReadAsStringAsync(Cancelled));
    }
}
