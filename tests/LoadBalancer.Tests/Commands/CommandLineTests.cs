using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Picking;
using AspireLB.LoadBalancer.Commands;

namespace AspireLB.LoadBalancer.Tests.Commands;

public class CommandLineTests
{
    [Theory]
    [InlineData]
    [InlineData("--Urls", "http://*:80", "--Backends", "http://a,http://b")]
    [InlineData("--urls=http://*:80", "--LoadBalancer:Health:Active:Path=/health?a=b")]
    [InlineData("--ReverseProxy:Clusters:c:Destinations:d:Address", "http://a")]
    public void Check_KnownOptions_AreFine(params string[] arguments) => Assert.Null(Record.Exception(() => CommandLine.Check(arguments)));

    [Theory]
    [InlineData("--Backend: unknown option; did you mean --Backends?", "--Backend", "http://a")]
    [InlineData("--Url: unknown option; did you mean --Urls?", "--Url=http://a")]
    [InlineData("--LoadBalancr:Policy: unknown option; did you mean --LoadBalancer?", "--LoadBalancr:Policy", "Random")]
    [InlineData("--frobnicate: unknown option; see --help", "--frobnicate", "now")]
    [InlineData("--verbose: unknown option; see --help", "--verbose", "--Urls", "http://a")]
    [InlineData("run: unexpected; options are written --Key value, see --help", "run")]
    [InlineData("-u: unexpected; options are written --Key value, see --help", "-u")]
    [InlineData("--Urls: a value is missing", "--Urls")]
    public void Check_AMistake_IsOneErrorThatNamesIt(string error, params string[] arguments) =>
        Assert.Equal([error], Assert.Throws<InvalidConfigurationException>(() => CommandLine.Check(arguments)).Errors.Select(one => one.ToString()));

    [Fact]
    public void Check_SeveralMistakes_AreAllNamed() =>
        Assert.Equal(
            3,
            Assert.Throws<InvalidConfigurationException>(
                () => CommandLine.Check(["--Backend", "http://a", "start", "--Urls", "http://b", "--Polcy", "Random"])).Errors.Count);

    [Fact]
    public void Help_EveryPolicy_IsNamed() => Assert.All(PickingPolicies.Names, name => Assert.Contains(name, Help.Text, StringComparison.Ordinal));
}
