using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>The Flask servers as containers of backends/Dockerfile, through whichever engine answers.</summary>
public class ContainerTests
{
    private const string BaseImage = "docker.io/library/python:3.13-slim";

    private static readonly string[] Options =
        ["--Backends:Run=container", "--Backends:BuildArgs:OTEL=false", "--Containers:BuildFlags=--pull=never --network=host"];

    [Fact]
    public async Task Up_TenRequestsThenSigTerm_SameAnswersAndNoContainerLeft()
    {
        var engine = await FindEngineAsync();
        await using var host = await AppHostProcess.Start(servers: 5, Options).UntilUpAsync();
        Assert.Equal(5, await CountAsync(engine, host.Id));

        Assert.Equal([.. host.Greetings, .. host.Greetings], await host.AskAsync(times: 10));

        host.Signal(Unix.Terminate);

        Assert.Equal(0, await host.ExitCodeAsync());
        await host.AssertNothingIsLeftAsync();
        Assert.Equal(0, await CountAsync(engine, host.Id));
    }

    [Fact]
    public async Task HostKilled_ContainersAreRemoved()
    {
        var engine = await FindEngineAsync();
        await using var host = await AppHostProcess.Start(servers: 2, Options).UntilUpAsync();

        host.Signal(9);
        await host.ExitCodeAsync();

        await host.AssertNothingIsLeftAsync();
        Assert.Equal(0, await CountAsync(engine, host.Id));
    }

    [Fact]
    public async Task Leftovers_OfAHostThatIsGone_AreRemovedAndOthersStay()
    {
        var engine = await FindEngineAsync();
        const int NoSuchProcess = 2_000_000_000;
        await CreateAsync(engine, ContainerEngine.ContainerName("leftover", NoSuchProcess), NoSuchProcess);
        await CreateAsync(engine, $"not-ours-{Environment.ProcessId}", NoSuchProcess);

        try
        {
            Assert.Equal(1, await engine.RemoveLeftoversAsync(TestContext.Current.CancellationToken));
            Assert.Equal(1, await CountAsync(engine, NoSuchProcess));
        }
        finally
        {
            await engine.RemoveAsync([$"not-ours-{Environment.ProcessId}"], CancellationToken.None);
        }
    }

    private static async Task CreateAsync(ContainerEngine engine, string name, int host)
    {
        var result = await Tool.RunAsync(
            new ProcessCommand(engine.Program, ["create", "--name", name, "--label", ContainerEngine.LabelOf(host), BaseImage, "true"]), TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded, result.Reason);
    }

    private static async Task<ContainerEngine> FindEngineAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        ContainerEngine engine;
        try
        {
            engine = await ContainerEngine.FindAsync(null, [], cancellation);
        }
        catch (PrerequisiteException)
        {
            Assert.Skip("neither Docker nor Podman answers");
            throw;
        }
        var image = await Tool.RunAsync(new ProcessCommand(engine.Program, ["image", "inspect", BaseImage]), cancellation);
        Assert.SkipUnless(image.Succeeded, $"{engine.Program} has no image {BaseImage}: pull it, or let .ci/run set one up");
        return engine;
    }

    private static async Task<int> CountAsync(ContainerEngine engine, int host)
    {
        var list = await Tool.RunAsync(
            new ProcessCommand(engine.Program, ["ps", "--all", "--quiet", "--filter", $"label={ContainerEngine.LabelOf(host)}"]), TestContext.Current.CancellationToken);
        return list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
