using System.Runtime.InteropServices;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>The two system calls of Linux and macOS that .NET does not offer.</summary>
internal static class Unix
{
    public const int Terminate = 15;

    /// <summary>A process that has ended meanwhile is no error.</summary>
    public static void Signal(int processId, int signal) => _ = Kill(processId, signal);

    public static int ParentProcessId => GetParentProcessId();

    /// <summary>The name of a signal that ends processes, or its number.</summary>
    public static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => $"signal {signal}",
    };

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);

    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int GetParentProcessId();
}
