using AspireLB.AppHost.Options;
using AspireLB.AppHost.Servers;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Tests the Flask servers as containers built from backends/Dockerfile, on the container engine that responds.</summary>
public class ContainerTests
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const string BaseImage = "docker.io/library/python:3.13-slim";

    private static readonly string[] Options = ["--Backends:Run=container", "--Backends:BuildArgs:OTEL=false"];

    [Theory]
    [InlineData(SigTerm, 0)]
    [InlineData(SigKill, 128 + SigKill)]
    public async Task Up_TenRequestsThenSignal_AnswersInOrderAndNothingLeft(int signal, int exitCode)
    {
        var engine = await FindEngineAsync();
        var before = await LeftoversAsync(engine);
        await using var host = await AppHostProcess.Start(servers: 5, Options).UntilUpAsync();

        Assert.Equal([.. host.Greetings, .. host.Greetings], await host.AskAsync(times: 10));

        host.Signal(signal);

        Assert.Equal(exitCode, await host.ExitCodeAsync());
        await host.AssertNothingIsLeftAsync();
        Assert.Equal(before, await LeftoversAsync(engine));
    }

    /// <summary>Lists containers, networks and images, including untagged images.</summary>
    private static async Task<string> LeftoversAsync(ContainerEngine engine) =>
        await AskAsync(engine, "ps", "--all", "--quiet")
        + await AskAsync(engine, "network", "ls", "--quiet")
        + await AskAsync(engine, "image", "ls", "--all", "--quiet");

    private static async Task<ContainerEngine> FindEngineAsync()
    {
        var (engine, reason) = await ContainerEngine.FindAsync(Read());
        if (engine is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
            Assert.Skip(reason); // on build agents an engine is required
        Assert.True(engine is not null, reason);
        Assert.True(
            await engine.HasImageAsync(BaseImage), $"{engine.Program} has no {BaseImage}: pull it, or let .ci/stand-ins/build make a stand-in");
        return engine;
    }

    private static AppHostOptions Read() => new OptionsReader(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()).Read();

    private static async Task<string> AskAsync(ContainerEngine engine, params string[] arguments)
    {
        var answer = await Tool.RunAsync(engine.Program, arguments, TimeSpan.FromSeconds(30));
        Assert.True(answer.Succeeded, answer.Reason);
        return answer.Output;
    }
}
