using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>The balancer never shows or logs a secret; a configuration that was read can still be submitted again.</summary>
[Collection(AdminCollection.Name)]
public sealed class SecretCallsTests : IAsyncLifetime
{
    private const string Secret = SecretRun.Secret;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-secrets-");
    private TestBackend _backend = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string ConfigurationFile => Path.Combine(_directory.FullName, "appsettings.json");

    public async ValueTask InitializeAsync()
    {
        _backend = await TestBackend.StartAsync("server-1", Cancel);
        _balancer = await SecretRun.StartAsync(_backend, _directory, Cancel);
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

        Assert.Equal(["~ ReverseProxy:Routes:r:Transforms:1:Set: *** -> *** (the secret changed)"], put.Strings("changes"));
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
            [
                "ReverseProxy:Routes:copy:Match:Headers:0:Values:0",
                "ReverseProxy:Routes:copy:Metadata:password",
                "ReverseProxy:Routes:copy:Transforms:1:Set",
                "ReverseProxy:Routes:copy:Transforms:2:Set",
            ],
            answer.Strings("errors").Select(error => error[..error.IndexOf(": '", StringComparison.Ordinal)]).Order());
        Assert.Equal($"Bearer {Secret}", await SeenAsync());
    }

    [Fact]
    public async Task Reload_AnotherSecretOnly_IsPutInForce()
    {
        var changed = SecretRun.Configuration(_backend.Url);
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
}
