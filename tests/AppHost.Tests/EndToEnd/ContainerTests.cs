using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>The Flask servers as containers of backends/Dockerfile, through whichever engine answers.</summary>
public class ContainerTests
{
    private const string BaseImage = "docker.io/library/python:3.13-slim";

    private static readonly string[] Options =
        ["--Backends:Run=container", "--Backends:BuildArgs:OTEL=false", "--Containers:BuildFlags=--pull=never --network=host"];

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task Up_TenRequestsThenSigTerm_SameAnswersAndNoContainerLeft()
    {
        var engine = await FindEngineAsync();
        await using var host = await AppHostProcess.Start(servers: 5, Options).UntilUpAsync();
        Assert.Equal(5, await CountAsync(engine, host));

        var answers = new List<string>();
        for (var i = 0; i < 10; i++)
            answers.Add(await _client.GetStringAsync(host.Balancer, TestContext.Current.CancellationToken));
        host.Signal(Unix.Terminate);

        var expected = host.Ports[2..].Select((port, index) => $"Hello from server-{index + 1} running on port {port}!").ToList();
        Assert.Equal([.. expected, .. expected], answers);
        Assert.Equal(0, await host.ExitCodeAsync());
        await host.AssertNothingIsLeftAsync();
        Assert.Equal(0, await CountAsync(engine, host));
    }

    [Fact]
    public async Task HostKilled_ContainersAreRemoved()
    {
        var engine = await FindEngineAsync();
        await using var host = await AppHostProcess.Start(servers: 2, Options).UntilUpAsync();

        host.Signal(9);
        await host.ExitCodeAsync();

        await host.AssertNothingIsLeftAsync();
        Assert.Equal(0, await CountAsync(engine, host));
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

    private static async Task<int> CountAsync(ContainerEngine engine, AppHostProcess host)
    {
        var list = await Tool.RunAsync(
            new ProcessCommand(engine.Program, ["ps", "--all", "--quiet", "--filter", $"label={ContainerEngine.LabelOf(host.Id)}"]), TestContext.Current.CancellationToken);
        return list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
