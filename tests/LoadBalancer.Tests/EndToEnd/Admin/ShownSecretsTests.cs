namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>The balancer never shows a secret.</summary>
[Collection(AdminCollection.Name)]
public sealed class ShownSecretsTests(SecretRun run) : IClassFixture<SecretRun>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/config")]
    [InlineData("/api/backends")]
    [InlineData("/api/routes")]
    [InlineData("/api/routes/r")]
    [InlineData("/api/clusters")]
    [InlineData("/api/explain?path=/&header=X-Api-Key:none")]
    public async Task Get_AnythingThatTellsOfTheConfiguration_HasNoSecret(string path) =>
        Assert.DoesNotContain(SecretRun.Secret, await run.Balancer.Admin.GetStringAsync(path, Cancel), StringComparison.Ordinal);

    [Fact]
    public async Task Events_Snapshot_HasNoSecret()
    {
        using var response = await run.Balancer.Admin.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var snapshot = "";
        while (!snapshot.StartsWith("data:", StringComparison.Ordinal))
            snapshot = (await reader.ReadLineAsync(Cancel))!;

        Assert.Contains("http://***@127.0.0.1", snapshot, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretRun.Secret, snapshot, StringComparison.Ordinal);
    }
}
