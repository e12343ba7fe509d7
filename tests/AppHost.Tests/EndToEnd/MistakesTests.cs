using System.Net;
using System.Net.Sockets;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Whatever is missing or set wrongly: a clear sentence, exit code 2, nothing left running.</summary>
public class MistakesTests
{
    [Fact]
    public async Task PortsInUse_AreNamedAllAtOnceWithTheirOptions()
    {
        using var first = Listen(out var firstPort);
        using var second = Listen(out var secondPort);
        await using var host = AppHostProcess.StartWith(
            $"--LoadBalancer:Port={firstPort}", $"--LoadBalancer:AdminPort={FreePorts.Take(1)[0]}", $"--Backends:Ports={secondPort},{FreePorts.Take(1)[0]}");

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.Equal(
        [
            $"Port {firstPort}, meant for loadbalancer, is in use by another program: end that program or choose another port with --LoadBalancer:Port.",
            $"Port {secondPort}, meant for server-1, is in use by another program: end that program or choose another port with --Backends:Port or --Backends:Ports.",
        ], host.Log.All);
    }

    [Fact]
    public async Task BadOptions_AreNamedAllAtOnce()
    {
        await using var host = AppHostProcess.StartWith("--Backends:Count=many", "--Bakcends:Count=3", "--LoadBalancer:Port=0");

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.Equal(
        [
            "--Bakcends:Count is not an option: --help lists them.",
            "Backends:Count is \"many\": it must be a whole number from 1 to 100.",
            "LoadBalancer:Port is \"0\": it must be a whole number from 1 to 65535.",
        ], host.Log.All);
    }

    [Fact]
    public async Task Help_ListsTheOptionsWithExitCode0()
    {
        await using var host = AppHostProcess.StartWith("--help");

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Contains(host.Log.All, line => line.Contains("--Backends:Count=N", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoPython_OneSentenceAndNothingLeft()
    {
        await using var host = AppHostProcess.Start(servers: 2, environment: new() { ["PYTHON"] = "/nowhere/python3" });

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.StartsWith("PYTHON is \"/nowhere/python3\", which cannot be run as a Python", host.Log.All[^1], StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task NoContainerEngine_OneSentenceAndNothingLeft()
    {
        await using var host = AppHostProcess.Start(servers: 2, ["--Backends:Run=container", "--Containers:Engine=no-such-engine"]);

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.StartsWith("Backends:Run=container needs no-such-engine, which does not answer", host.Log.All[^1], StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task BalancerIsConfiguredWrongly_ItsOwnSentenceIsShownAndTheServersStop()
    {
        await using var host = AppHostProcess.Start(servers: 2, ["--LoadBalancer:Policy=Nonsense"]);

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.Contains(host.Log.All, line => line.StartsWith("loadbalancer |", StringComparison.Ordinal) && line.Contains("Nonsense", StringComparison.Ordinal));
        Assert.StartsWith("loadbalancer ended with exit code 2", host.Log.All[^1], StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync();
    }

    private static TcpListener Listen(out int port)
    {
        port = FreePorts.Take(1)[0];
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }
}
