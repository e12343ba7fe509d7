namespace AspireLB.LoadBalancer.Tests;

public class CompilerMemoryTests
{
    [Fact]
    public void Look_AfterSomethingWasCompiled_TrimsOnce()
    {
        var trimmed = 0;
        var memory = new CompilerMemory(TimeProvider.System);

        memory.ReleaseIfIdle(100, () => trimmed++);
        memory.ReleaseIfIdle(100, () => trimmed++);
        Assert.Equal(1, trimmed);

        memory.ReleaseIfIdle(101, () => trimmed++);
        Assert.Equal(2, trimmed);
    }
}
