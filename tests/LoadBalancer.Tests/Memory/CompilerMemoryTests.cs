using System.Runtime.InteropServices;
using AspireLB.LoadBalancer.Memory;

namespace AspireLB.LoadBalancer.Tests.Memory;

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

    /// <summary>The function is called by its address, with the size that stays at the end of the heap.</summary>
    [Fact]
    public void FindTrim_GnuCLibrary_IsThereAndCanBeCalled()
    {
        Assert.SkipUnless(NativeLibrary.TryLoad("libc.so.6", out _), "another C library keeps nothing worth the while");

        var trim = CompilerMemory.FindTrim();

        Assert.NotNull(trim);
        trim();
    }
}
