using System.Runtime;
using System.Runtime.InteropServices;

namespace AspireLB.LoadBalancer.Memory;

/// <summary>
/// Returns memory that .NET's compiler leaves behind. It recompiles hot methods in the background with memory from the C library, which keeps
/// it for later use: 5 MB and more in a process that finished compiling long ago. The switch <see cref="Switch"/> in
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

    /// <summary>Trims if anything was compiled since the last call.</summary>
    internal void ReleaseIfIdle(long compiled, Action trim)
    {
        if (compiled == _compiled)
            return;

        _compiled = compiled;
        trim();
    }

    /// <summary>The GNU C library's <c>malloc_trim</c>. Other C libraries (musl, Windows) retain too little to matter.</summary>
    internal static unsafe Action? FindTrim()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var library)
            || !NativeLibrary.TryGetExport(library, "malloc_trim", out var trim))
            return null;
        return () => ((delegate* unmanaged<nuint, int>)trim)(0);
    }
}
