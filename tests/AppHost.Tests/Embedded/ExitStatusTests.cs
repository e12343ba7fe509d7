using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

public class ExitStatusTests
{
    [Theory]
    [InlineData(0, "exit code 0")]
    [InlineData(1, "exit code 1")]
    [InlineData(137, "exit code 137 (SIGKILL)")]
    [InlineData(139, "exit code 139 (SIGSEGV)")]
    [InlineData(255, "exit code 255")]
    public void Describe_NamesTheSignal(int exitCode, string text) => Assert.Equal(text, ExitStatus.Describe(exitCode));
}
