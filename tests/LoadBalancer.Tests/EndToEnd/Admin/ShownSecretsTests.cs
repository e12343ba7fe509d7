namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>The balancer never shows a secret.</summary>
[Collection(AdminCollection.Name)]
public sealed class ShownSecretsTests(SecretRun run) : IClassFixture<SecretRun>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="path">What is asked for.</param>
    /// <param name="shown">What the answer says in a secret's place or beside it, so that an empty answer does not pass.</param>
    [Theory]
    [InlineData("/api/config", "\"Set\":\"***\"")]
    [InlineData("/api/backends", "http://***@127.0.0.1")]
    [InlineData("/api/routes", "X-Api-Key")]
    [InlineData("/api/routes/r", "X-Api-Key")]
    [InlineData("/api/clusters", "\"c\"")]
    [InlineData("/api/explain?path=/&header=X-Api-Key:none", "No route matches")]
    public async Task Get_AnythingThatTellsOfTheConfiguration_HasNoSecret(string path, string shown)
    {
        var text = await run.Balancer.Admin.GetStringAsync(path, Cancel);

        Assert.Contains(shown, text, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretRun.Secret, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_Snapshot_HasNoSecret()
    {
        using var response = await run.Balancer.Admin.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var snapshot = "";
        for (var line = 0; line < 20 && !snapshot.StartsWith("data:", StringComparison.Ordinal); line++)
            snapshot = await reader.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Cancel) ?? throw new EndOfStreamException();

        Assert.Contains("http://***@127.0.0.1", snapshot, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretRun.Secret, snapshot, StringComparison.Ordinal);
    }
}
