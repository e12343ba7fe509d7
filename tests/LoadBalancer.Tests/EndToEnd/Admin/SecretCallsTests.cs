using System.Net;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>Nothing that the balancer shows or logs has a secret in it; a configuration that was read can be handed back all the same.</summary>
[Collection(AdminCollection.Name)]
public sealed class SecretCallsTests : IAsyncLifetime
{
    private const string Secret = "hidden";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-secrets-");
    private TestBackend _backend = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string ConfigurationFile => Path.Combine(_directory.FullName, "appsettings.json");

    public async ValueTask InitializeAsync()
    {
        _backend = await TestBackend.StartAsync("server-1", Cancel);
        await File.WriteAllTextAsync(ConfigurationFile, Configuration().ToJsonString(), Cancel);
        _balancer = await LoadBalancerProcess.StartAsync(["--Admin:ExplainToken", $"{Secret}-{Secret}-{Secret}"], environment: null, Cancel, _directory.FullName);
    }

    [Theory]
    [InlineData("/api/config")]
    [InlineData("/api/backends")]
    [InlineData("/api/routes")]
    [InlineData("/api/routes/r")]
    [InlineData("/api/clusters")]
    [InlineData("/api/explain?path=/&header=X-Api-Key:none")]
    public async Task Get_AnythingThatTellsOfTheConfiguration_HasNoSecret(string path) =>
        Assert.DoesNotContain(Secret, await _balancer.Admin.GetStringAsync(path, Cancel), StringComparison.Ordinal);

    [Fact]
    public async Task Events_Snapshot_HasNoSecret()
    {
        using var response = await _balancer.Admin.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var snapshot = "";
        while (!snapshot.StartsWith("data:", StringComparison.Ordinal))
            snapshot = (await reader.ReadLineAsync(Cancel))!;

        Assert.Contains("http://***@127.0.0.1", snapshot, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, snapshot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WhatWasRead_KeepsTheSecretsInForce()
    {
        var shown = (await _balancer.CallAsync("GET", "/api/config")).Body!;
        Assert.Equal("***", (string?)shown["ReverseProxy"]!["Routes"]!["r"]!["Transforms"]![1]!["Set"]);
        shown["LoadBalancer"]!["MaxInFlight"] = 1000;

        var put = await _balancer.CallAsync("PUT", "/api/config?confirmWithin=00:00:00", shown);

        Assert.Equal(["~ LoadBalancer:MaxInFlight: 0 -> 1000"], put.Strings("changes"));
        Assert.Equal($"Bearer {Secret}", await SeenAsync());
    }

    [Fact]
    public async Task Put_AnotherSecretOnly_IsPutInForceAndRecordedWithoutIt()
    {
        var shown = (await _balancer.CallAsync("GET", "/api/config")).Body!;
        shown["ReverseProxy"]!["Routes"]!["r"]!["Transforms"]![1]!["Set"] = $"Bearer another {Secret}";

        var put = await _balancer.CallAsync("PUT", "/api/config?confirmWithin=00:00:00", shown);

        Assert.Equal(["~ ReverseProxy:Routes:r:Transforms:1:Set: *** -> *** (another secret)"], put.Strings("changes"));
        Assert.Equal($"Bearer another {Secret}", await SeenAsync());
        Assert.DoesNotContain(Secret, (await _balancer.CallAsync("GET", "/api/history")).Body!.ToJsonString(), StringComparison.Ordinal);
        await _balancer.Process.LineAsync(line => line.Contains("*** -> ***", StringComparison.Ordinal), Cancel);
        Assert.DoesNotContain(Secret, _balancer.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/api/config")]
    [InlineData("POST", "/api/config/validate")]
    public async Task Put_MaskWhereNoSecretWas_IsRefused(string method, string path)
    {
        var shown = (await _balancer.CallAsync("GET", "/api/config")).Body!;
        shown["ReverseProxy"]!["Routes"]!["copy"] = shown["ReverseProxy"]!["Routes"]!["r"]!.DeepClone();

        var answer = await _balancer.CallAsync(method, path, shown);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal(
            ["ReverseProxy:Routes:copy:Match:Headers:0:Values:0", "ReverseProxy:Routes:copy:Metadata:password", "ReverseProxy:Routes:copy:Transforms:1:Set", "ReverseProxy:Routes:copy:Transforms:2:Set"],
            answer.Strings("errors").Select(error => error[..error.IndexOf(": '", StringComparison.Ordinal)]).Order());
        Assert.Equal($"Bearer {Secret}", await SeenAsync());
    }

    [Fact]
    public async Task Reload_AnotherSecretOnly_IsPutInForce()
    {
        var changed = Configuration();
        changed["ReverseProxy"]!["Routes"]!["r"]!["Transforms"]![1]!["Set"] = "Bearer reloaded";

        await File.WriteAllTextAsync(ConfigurationFile, changed.ToJsonString(), Cancel);

        await Eventually.TrueAsync(async () => await SeenAsync() == "Bearer reloaded", Cancel);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("diff")]
    public async Task Commands_ThatPrintTheConfiguration_PrintNoSecret(string command)
    {
        await using var process = LoadBalancerProcess.Run([command, ConfigurationFile]);

        Assert.Equal(0, await process.ExitCodeAsync(Cancel));
        Assert.Contains("***", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_BackendOfSuchAnAddressGoesDown_HasNoSecret()
    {
        await _backend.DisposeAsync();

        await _balancer.Process.LineAsync(line => line.Contains("is down", StringComparison.Ordinal), Cancel);

        Assert.Contains("(http://***@127.0.0.1", _balancer.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, _balancer.Process.Output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _backend.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task<string> SeenAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Api-Key", Secret);
        using var response = await _balancer.Client.SendAsync(request, Cancel);
        response.EnsureSuccessStatusCode();
        return _backend.Requests[^1].Headers["Authorization"];
    }

    private JsonObject Configuration() => JsonNode.Parse($$"""
        {
          "LoadBalancer": { "Health": { "Active": { "Path": "/health?token={{Secret}}" } } },
          "ReverseProxy": {
            "Routes": { "r": {
              "ClusterId": "c",
              "Match": { "Path": "/{**path}", "Headers": [{ "Name": "X-Api-Key", "Values": ["{{Secret}}"] }] },
              "Metadata": { "password": "{{Secret}}" },
              "Transforms": [
                { "PathPrefix": "/prefix" },
                { "RequestHeader": "Authorization", "Set": "Bearer {{Secret}}" },
                { "QueryValueParameter": "api_key", "Set": "{{Secret}}" }] } },
            "Clusters": { "c": { "Destinations": { "d": { "Address": "{{_backend.Url.Replace("//", $"//user:{Secret}@", StringComparison.Ordinal)}}" } } } } }
        }
        """)!.AsObject();
}
