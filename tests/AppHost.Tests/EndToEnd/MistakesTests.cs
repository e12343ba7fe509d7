using System.Net;
using System.Net.Sockets;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Tests that a missing or wrong setting gives a clear sentence and exit code 2, and leaves nothing running.</summary>
public class MistakesTests
{
    [Fact]
    public async Task PortsInUse_AreNamedAllAtOnceWithTheirOptions()
    {
        using var first = Listen(out var firstPort);
        using var second = Listen(out var secondPort);
        await using var host = AppHostProcess.StartWith(
            $"--LoadBalancer:Port={firstPort}", $"--LoadBalancer:AdminPort={FreePorts.Take(1)[0]}",
            $"--Backends:Ports={secondPort},{FreePorts.Take(1)[0]}");

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.Equal(
        [
            $"Port {firstPort}, meant for loadbalancer, is in use by another program: "
                + "end that program or choose another port with --LoadBalancer:Port.",
            $"Port {secondPort}, meant for server-1, is in use by another program: "
                + "end that program or choose another port with --Backends:Port or --Backends:Ports.",
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
        await using var host = AppHostProcess.Start(
            servers: 2, options: ["--Backends:Run=process"], environment: new() { ["PYTHON"] = "/nowhere/python3" });

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.StartsWith("PYTHON is \"/nowhere/python3\", which cannot be run as a Python 3.9", host.Log.All[^1], StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task BalancerIsConfiguredWrongly_ItsOwnSentenceIsShownAndTheServersStop()
    {
        await using var host = AppHostProcess.Start(servers: 2, ["--Backends:Run=process", "--LoadBalancer:Policy=Nonsense"]);

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.Contains(
            host.Log.All,
            line => line.Contains("LoadBalancer:Policy", StringComparison.Ordinal) && line.Contains("Nonsense", StringComparison.Ordinal));
        Assert.Contains("loadbalancer ended with exit code 2: it is set wrongly.", host.Log.All);
        await host.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task NoFlaskAndNoWayToInstallIt_SaysWhatToDo()
    {
        using var scripts = new Scripts();
        var python = scripts.Add("python3", "[ \"$1\" != -c ] || { echo \"$0\"; exit 3; }; echo 'no module named venv' >&2; exit 1");
        await using var host = AppHostProcess.Start(servers: 2, ["--Backends:Run=process"], new() { ["PYTHON"] = python });

        Assert.Equal(2, await host.ExitCodeAsync());
        Assert.Contains("flask-environment failed: no module named venv", host.Log.All);
        Assert.Contains(host.Log.All, line => line.StartsWith("No Python here has Flask, and it could not be installed.", StringComparison.Ordinal));
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
