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

    public void Dispose() => _directory.Delete(recursive: true);
}
