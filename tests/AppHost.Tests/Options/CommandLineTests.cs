using AspireLB.AppHost.Options;

namespace AspireLB.AppHost.Tests.Options;

public class CommandLineTests
{
    [Theory]
    [InlineData("--Backends:Count=3")]
    [InlineData("--backends:count", "3", "--LoadBalancer:Port=81")]
    [InlineData("--Containers:Engine=podman")]
    [InlineData("--LoadBalancer:Policy=LeastRequests")]
    [InlineData("--environment", "Development")]
    [InlineData("--operation", "publish", "--step", "publish-manifest", "--output-path", "/tmp/manifest.json")]
    [InlineData("--DcpPublisher:RandomizePorts=true")]
    public void Mistakes_Options_None(params string[] args) => Assert.Empty(CommandLine.Mistakes(args));

    [Theory]
    [InlineData("--Backend:Count=3", "--Backend:Count is not an option: --help lists them.")]
    [InlineData("--count", "--count is not an option: --help lists them.")]
    [InlineData("5", "5 is not an option: --help lists them.")]
    [InlineData("/Backends:Count=3", "/Backends:Count is not an option: --help lists them.")]
    [InlineData("--Backends:Count", "--Backends:Count needs a value: --Backends:Count=value.")]
    public void Mistakes_NoOption_OneSentence(string argument, string sentence) => Assert.Equal([sentence], CommandLine.Mistakes([argument]));

    [Fact]
    public void Mistakes_OptionInPlaceOfValue_SaysThatTheFirstNeedsOne() =>
        Assert.Equal(["--Backends:Count needs a value: --Backends:Count=value."], CommandLine.Mistakes(["--Backends:Count", "--Backends:Port=7000"]));
}
