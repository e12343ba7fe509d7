namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Tests what happens if the container engine cannot run the servers. Scripts stand in for the engines.</summary>
public sealed class EngineTests : IDisposable
{
    private const string NoBaseImage = "case $1 in container) exit 0 ;; build) echo 'Error: no such registry' >&2; exit 125 ;; esac; exit 1";
    private const string NoDaemon = "echo 'Cannot connect to the Docker daemon.' >&2; exit 1";

    private readonly Scripts _scripts = new();

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    public async Task NoBaseImage_OneLineSaysWhyAndProcessesAreUsed(string engine)
    {
        _scripts.Add("docker", engine == "docker" ? NoBaseImage : NoDaemon);
        _scripts.Add("podman", NoBaseImage);

        var choice = await ChoiceAsync();

        Assert.Contains("2 processes of ", choice, StringComparison.Ordinal);
        Assert.Contains($"because {engine} can't build the image: Error: no such registry", choice, StringComparison.Ordinal);
        Assert.EndsWith("Containers instead: -- --Backends:Run=container", choice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoDaemon_OneLineSaysWhyAndProcessesAreUsed()
    {
        _scripts.Add("docker", NoDaemon);
        _scripts.Add("podman", NoDaemon);

        var choice = await ChoiceAsync();

        Assert.Contains("2 processes of ", choice, StringComparison.Ordinal);
        Assert.Contains("no container engine answers (docker: Cannot connect to the Docker daemon; podman: Cannot", choice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NoBaseImage, "Backends:Run is container, but docker can't build the image: Error: no such registry.")]
    [InlineData(NoDaemon, "Backends:Run is container, but no container engine answers (docker: Cannot connect to the Docker daemon).")]
    public async Task ContainersAreAskedFor_ExitCode2AndOneSentence(string engine, string sentence)
    {
        _scripts.Add("docker", engine);
        await using var host = AppHostProcess.Start(servers: 2, ["--Backends:Run=container", "--Containers:Engine=docker"], _scripts.Environment);

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.Equal($"{sentence} Without containers: -- --Backends:Run=process", host.Log.All[^1]);
        await host.AssertNothingIsLeftAsync();
    }

    public void Dispose() => _scripts.Dispose();

    private async Task<string> ChoiceAsync()
    {
        await using var host = await AppHostProcess.Start(servers: 2, environment: _scripts.Environment).UntilUpAsync();
        Assert.Equal([.. host.Greetings], await host.AskAsync(times: 2));
        return Assert.Single(host.Log.All, line => line.StartsWith("Flask servers: ", StringComparison.Ordinal));
    }
}
