namespace AspireLB.AppHost.Tests;

public class HostModeTests
{
    [Theory]
    [InlineData("--Backends:Count=3")]
    [InlineData("--backends:count", "3", "--LoadBalancer:Port=81")]
    [InlineData("--Containers:Engine=podman")]
    [InlineData("--LoadBalancer:Policy=LeastRequests")]
    [InlineData("--environment", "Development")]
    public void CheckArguments_Options_NothingToSay(params string[] args) => Assert.Empty(HostMode.CheckArguments(args));

    [Theory]
    [InlineData("--Backend:Count=3", "--Backend:Count is not an option: --help lists them.")]
    [InlineData("--count", "--count is not an option: --help lists them.")]
    [InlineData("5", "5 is not an option: --help lists them.")]
    [InlineData("/Backends:Count=3", "/Backends:Count is not an option: --help lists them.")]
    [InlineData("--Backends:Count", "--Backends:Count needs a value: --Backends:Count=value.")]
    public void CheckArguments_NoOption_OneSentence(string argument, string sentence) => Assert.Equal([sentence], HostMode.CheckArguments([argument]));

    [Fact]
    public void CheckArguments_OptionInPlaceOfValue_SaysThatTheFirstNeedsOne() =>
        Assert.Equal(["--Backends:Count needs a value: --Backends:Count=value."], HostMode.CheckArguments(["--Backends:Count", "--Backends:Port=7000"]));
}
