using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>A configuration file that becomes unreadable changes nothing.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class LostFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-lost-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Settings => Path.Combine(_directory.FullName, "appsettings.json");

    [Theory]
    [InlineData("deleted", "does not exist any more")]
    [InlineData("renamed", "does not exist any more")]
    [InlineData("directory", "is a directory")]
    [InlineData("emptied", "is empty")]
    [InlineData("unreadable", "can't be read")]
    public async Task File_LostWhileRunning_LastConfigurationStaysUntilItIsBack(string how, string reason)
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        await using var b = await TestBackend.StartAsync("b", Cancelled);
        Write(Settings, Backends(a));
        await using var balancer = await LoadBalancerProcess.StartAsync([], environment: null, Cancelled, _directory.FullName);

        Lose(how);
        Assert.Contains(
            reason,
            await balancer.Process.LineAsync(line => line.Contains("stays in effect", StringComparison.Ordinal), Cancelled),
            StringComparison.Ordinal);

        // Other files still take effect, through several inspections.
        Write(
            Path.Combine(_directory.FullName, "appsettings.Production.json"),
            """{ "LoadBalancer": { "Health": { "Active": { "Enabled": false } } } }""");
        await balancer.Process.LineAsync(line => line.Contains("Configuration reloaded: 1 routes, 1 backends", StringComparison.Ordinal), Cancelled);
        Assert.Equal("unknown", (string?)(await balancer.BackendAsync("a", Cancelled))["state"]);
        Assert.Equal("a", await balancer.Client.GetStringAsync("/", Cancelled));

        // So do changes through the admin API.
        using var weight = await balancer.Admin.PatchAsync(
            "/api/backends/backends/a",
            new StringContent("""{ "weight": 2 }""", null, "application/json"),
            Cancelled);
        Assert.True(weight.IsSuccessStatusCode);
        Assert.Equal("a", await balancer.Client.GetStringAsync("/", Cancelled));
        Assert.Single(balancer.Process.Output.Split('\n'), line => line.Contains("stays in effect", StringComparison.Ordinal));

        if (Directory.Exists(Settings))
            Directory.Delete(Settings);
        File.Delete(Settings);
        Write(Settings, Backends(b));
        await Eventually.TrueAsync(async () => await balancer.Client.GetStringAsync("/", Cancelled) == "b", Cancelled);
        await balancer.Process.LineAsync(line => line.Contains("can be read again", StringComparison.Ordinal), Cancelled);
    }

    [Fact]
    public async Task File_LostAfterItWasRefused_LastGoodConfigurationStays()
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        Write(Settings, Backends(a));
        await using var balancer = await LoadBalancerProcess.StartAsync([], environment: null, Cancelled, _directory.FullName);
        Write(Settings, """{ "Backends": ["nonsense"] }""");
        await balancer.Process.LineAsync(line => line.Contains("Configuration not reloaded", StringComparison.Ordinal), Cancelled);

        File.Delete(Settings);
        await balancer.Process.LineAsync(line => line.Contains("stays in effect", StringComparison.Ordinal), Cancelled);

        await balancer.Process.LineAsync(line => line.Contains("Configuration reloaded: 1 routes, 1 backends", StringComparison.Ordinal), Cancelled);
        Assert.Equal("a", await balancer.Client.GetStringAsync("/", Cancelled));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static string Backends(TestBackend backend) => new JsonObject
    {
        ["Backends"] = new JsonArray(new JsonObject { ["Name"] = backend.Name, ["Address"] = backend.Url }),
        ["LoadBalancer"] = new JsonObject { ["Health"] = new JsonObject { ["Active"] = new JsonObject { ["Path"] = TestBackend.HealthPath } } },
    }.ToJsonString();

    private static void Write(string file, string json) => File.WriteAllText(file, json);

    private void Lose(string how)
    {
        if (how == "emptied")
            File.WriteAllText(Settings, "");
        else
            File.Move(Settings, Settings + ".old");
        if (how == "deleted")
            File.Delete(Settings + ".old");
        if (how == "directory")
            Directory.CreateDirectory(Settings);

        // A link to itself is unreadable even for root.
        if (how == "unreadable")
            File.CreateSymbolicLink(Settings, Settings);
    }
}
