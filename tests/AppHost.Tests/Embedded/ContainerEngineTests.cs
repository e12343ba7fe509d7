using AspireLB.AppHost.Embedded;
using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

public class ContainerEngineTests
{
    private readonly ContainerEngine _engine = new("podman", ["--pull=never"]);

    [Fact]
    public void Run_PublishesOnLoopbackAndKeepsValuesOffTheCommandLine()
    {
        var command = _engine.Run(Container().Resource, "the-image", new Dictionary<string, string> { ["SECRET"] = "value" });

        var arguments = string.Join(' ', command.Arguments);
        Assert.Contains("--publish 127.0.0.1:7001:8000", arguments, StringComparison.Ordinal);
        Assert.Contains("--env SECRET", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("value", arguments, StringComparison.Ordinal);
        Assert.EndsWith("the-image server-1", arguments, StringComparison.Ordinal);
        Assert.Equal("value", command.Environment!["SECRET"]);
    }

    [Fact]
    public void Build_HandsOverFlagsAndArguments()
    {
        var command = _engine.Build(Container().WithBuildArg("OTEL", "false").Resource, "/tmp/id");

        Assert.Contains("--pull=never", command.Arguments);
        Assert.Contains("OTEL=false", command.Arguments);
        Assert.EndsWith("app", command.Arguments[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_NoEngine_OneSentenceThatSaysWhatToDo()
    {
        var problem = await Assert.ThrowsAsync<PrerequisiteException>(() => ContainerEngine.FindAsync("no-such-engine", [], TestContext.Current.CancellationToken));

        Assert.StartsWith("Backends:Run=container needs no-such-engine, which does not answer (", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("start it, or leave the option out to run the servers as processes.", problem.Message, StringComparison.Ordinal);
    }

    private static IResourceBuilder<ContainerResource> Container() => DistributedApplication.CreateBuilder([])
        .AddDockerfile("server-1", "app").WithHttpEndpoint(port: 7001, targetPort: 8000).WithArgs("server-1");
}
