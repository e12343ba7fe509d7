using System.Runtime;
using System.Runtime.InteropServices;

namespace AspireLB.LoadBalancer.Memory;

/// <summary>
/// Gives back what .NET's compiler leaves behind. It compiles what is busy a second time, in the background, with memory from the C library, which
/// keeps it for later: 5 MB and more in a process that has long been through with it. The switch <see cref="Switch"/> in
/// <c>LoadBalancer.runtimeconfig.json</c> turns this off.
/// </summary>
internal sealed class CompilerMemory(TimeProvider time) : BackgroundService
{
    public const string Switch = "AspireLB.ReleaseCompilerMemory";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Action? _trim = AppContext.TryGetSwitch(Switch, out var isOn) && isOn ? FindTrim() : null;
    private long _compiled;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_trim is null)
            return;

        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            ReleaseIfIdle(JitInfo.GetCompiledMethodCount(), _trim);
    }

    /// <summary>Trims where something was compiled since the last look.</summary>
    internal void ReleaseIfIdle(long compiled, Action trim)
    {
        if (compiled == _compiled)
            return;

        _compiled = compiled;
        trim();
    }

    /// <summary>The GNU C library's; others (musl, Windows') keep nothing worth the while.</summary>
    internal static unsafe Action? FindTrim()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var library)
            || !NativeLibrary.TryGetExport(library, "malloc_trim", out var trim))
            return null;
        return () => ((delegate* unmanaged<nuint, int>)trim)(0);
    }
}
