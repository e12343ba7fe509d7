using System.Security.Cryptography;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>The balancer does not start with a file that is not its own state file.</summary>
[Collection(AdminCollection.Name)]
public sealed class StateFileRefusalTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-state");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string StateFile => Path.Combine(_directory.FullName, "state.json");

    [Theory]
    [InlineData("")]
    [InlineData("""{"some":"file"}""")]
    [InlineData("""{"format":"AspireLB run-time state 1","sha256":"00","state":{"backends":[]}}""")]
    [InlineData("""{"format":"AspireLB run-time state 1","sha""")]
    public async Task StateFile_TornOrForeign_IsRefusedAndLeftAlone(string content)
    {
        await File.WriteAllTextAsync(StateFile, content, Cancel);

        await using var balancer = LoadBalancerProcess.Run(
            ["--Urls", "http://127.0.0.1:0", "--Admin:Urls", "http://127.0.0.1:0", "--Admin:StateFile", StateFile]);

        Assert.Equal(2, await balancer.ExitCodeAsync(Cancel));
        await Eventually.TrueAsync(() => balancer.Output.Contains($"Admin:StateFile: '{StateFile}' is not allowed; it is"), Cancel);
        Assert.Equal(content, await File.ReadAllTextAsync(StateFile, Cancel));
    }

    [Fact]
    public async Task StateFile_OfAnEarlierVersion_IsRead()
    {
        const string State = """
            {"backends":[{"cluster":"backends","name":"gone","address":null,"isRemoved":false,"state":"draining","weight":7,
            "saysNothing":false,"isGone":false}],"configuration":null,"confirmed":null,"isUnconfirmed":false}
            """;
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(State)));
        await File.WriteAllTextAsync(StateFile, $$"""{"format":"AspireLB run-time state 1","sha256":"{{checksum}}","state":{{State}}}""", Cancel);

        await using var balancer = await LoadBalancerProcess.StartAsync(
            ["--Backends:0:Address", "http://127.0.0.1:1", "--Backends:0:Name", "gone", "--Admin:StateFile", StateFile], environment: null, Cancel);

        var backend = await balancer.BackendAsync("gone", Cancel);
        Assert.Equal("draining", (string?)backend["state"]);
        Assert.Equal(7, (int?)backend["weight"]);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
