using AspireLB.AppHost.Options;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost.Tests.Options;

public class OptionsReaderTests
{
    [Fact]
    public void Read_NothingSet_FiveServersFrom5001()
    {
        var (options, mistakes) = Read();

        Assert.Empty(mistakes);
        Assert.Equal([5001, 5002, 5003, 5004, 5005], options.BackendPorts);
        Assert.Equal(8080, options.LoadBalancerPort);
        Assert.Equal(9090, options.AdminPort);
        Assert.Equal(BackendRun.Auto, options.Run);
        Assert.Empty(options.BuildArguments);
    }

    [Fact]
    public void Read_CountAndFirstPort_PortsFollow()
    {
        var (options, mistakes) = Read(("Backends:Count", "3"), ("Backends:Port", "7000"));

        Assert.Empty(mistakes);
        Assert.Equal([7000, 7001, 7002], options.BackendPorts);
    }

    [Fact]
    public void Read_PortsAsText_OneServerForEach() => Assert.Equal([7001, 7005], Read(("Backends:Ports", "7001, 7005")).Options.BackendPorts);

    [Fact]
    public void Read_PortsAsList_OneServerForEach() =>
        Assert.Equal([7001, 7005], Read(("Backends:Ports:0", "7001"), ("Backends:Ports:1", "7005")).Options.BackendPorts);

    [Theory]
    [InlineData("container")]
    [InlineData("Container")]
    public void Read_RunContainer_IsUnderstood(string text) => Assert.Equal(BackendRun.Container, Read(("Backends:Run", text)).Options.Run);

    [Fact]
    public void Read_BuildArguments_AreHandedOn() =>
        Assert.Equal("false", Read(("Backends:BuildArgs:OTEL", "false")).Options.BuildArguments["OTEL"]);

    [Fact]
    public void Read_OtherLoadBalancerKeys_AreForTheBalancer()
    {
        var (options, mistakes) = Read(
            ("LoadBalancer:Port", "81"), ("LoadBalancer:Policy", "LeastRequests"), ("LoadBalancer:Retry:MaxAttempts", "5"));

        Assert.Empty(mistakes);
        Assert.Equal(
            ["LoadBalancer:Health:Active:Path=/health", "LoadBalancer:Policy=LeastRequests", "LoadBalancer:Retry:MaxAttempts=5"],
            options.LoadBalancerSettings.Select(setting => $"{setting.Key}={setting.Value}").Order());
    }

    [Fact]
    public void Read_HealthPathSet_ReplacesOurs() =>
        Assert.Equal("/", Read(("LoadBalancer:Health:Active:Path", "/")).Options.LoadBalancerSettings["LoadBalancer:Health:Active:Path"]);

    [Theory]
    [InlineData("Backends:Count", "0", "Backends:Count is \"0\": it must be a whole number from 1 to 100.")]
    [InlineData("Backends:Count", "101", "Backends:Count is \"101\": it must be a whole number from 1 to 100.")]
    [InlineData("Backends:Count", "five", "Backends:Count is \"five\": it must be a whole number from 1 to 100.")]
    [InlineData("Backends:Port", "65536", "Backends:Port is \"65536\": it must be a whole number from 1 to 65535.")]
    [InlineData("Backends:Port", "65535", "Backends:Port is 65535, which leaves no room for 5 servers: it must be at most 65531.")]
    [InlineData("Backends:Ports", "7001,x", "Backends:Ports is \"x\": it must be a whole number from 1 to 65535.")]
    [InlineData("Backends:Run", "vm", "Backends:Run is \"vm\": it must be container or process.")]
    [InlineData("Backends:Cuont", "3", "Backends:Cuont is not an option: Backends has Count, Port, Ports, Run, BuildArgs.")]
    [InlineData("Backends:Run", "auto", "Backends:Run is \"auto\": it must be container or process.")]
    [InlineData("Containers:Engine", "lxc", "Containers:Engine is \"lxc\": it must be docker or podman.")]
    [InlineData("Containers:KeepImage", "yes", "Containers:KeepImage is \"yes\": it must be true or false.")]
    [InlineData("Dashboard:Port", "0", "Dashboard:Port is \"0\": it must be a whole number from 1 to 65535.")]
    [InlineData("LoadBalancer:Port", "-1", "LoadBalancer:Port is \"-1\": it must be a whole number from 1 to 65535.")]
    [InlineData("LoadBalancer:AdminPort", "", "LoadBalancer:AdminPort is \"\": it must be a whole number from 1 to 65535.")]
    public void Read_BadValue_OneSentenceThatNamesIt(string key, string value, string sentence) =>
        Assert.Equal([sentence], Read((key, value)).Mistakes);

    [Fact]
    public void Read_PortGivenTwice_NamesBothOwnersAndOptions()
    {
        var mistake = Assert.Single(Read(("LoadBalancer:Port", "5002")).Mistakes);

        Assert.Equal(
            "Port 5002 is given to loadbalancer and server-2: change one with --LoadBalancer:Port or --Backends:Port or --Backends:Ports.", mistake);
    }

    [Fact]
    public void Read_CountAndPortsDisagree_SaysSo() =>
        Assert.Equal(["Backends:Count is 3 but Backends:Ports names 2: make them agree, or leave Backends:Count out."],
            Read(("Backends:Count", "3"), ("Backends:Ports", "7001,7002")).Mistakes);

    [Fact]
    public void Read_SeveralMistakes_AllAreNamed() =>
        Assert.Equal(4, Read(("Backends:Count", "0"), ("Backends:Run", "vm"), ("LoadBalancer:Port", "x"), ("Backends:Color", "red")).Mistakes.Count);

    private static (AppHostOptions Options, IReadOnlyList<string> Mistakes) Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        var reader = new OptionsReader(configuration);
        var options = reader.Read();
        return (options, reader.Mistakes);
    }
}
