using System.Diagnostics;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Sees `dotnet run` or `dotnet watch` end without a word (SIGKILL): what they started is to end with them.</summary>
internal static class ParentEnd
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Completes when the .NET command that started the host has ended; never where something else started it, a shell for instance, which may
    /// go while the host stays.
    /// </summary>
    public static async Task WaitAsync(TimeProvider time, CancellationToken cancellation)
    {
        if (FindCommand() is not { } parent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return;
        }
        // An orphan gets another parent at once, even where nobody has collected the dead one's exit code yet.
        while (Unix.ParentProcessId == parent)
            await Task.Delay(Interval, time, cancellation);
    }

    private static int? FindCommand()
    {
        if (OperatingSystem.IsWindows())
            return null; // The console ends its processes there.
        try
        {
            using var parent = Process.GetProcessById(Unix.ParentProcessId);
            return parent.ProcessName == "dotnet" ? parent.Id : null;
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidOperationException)
        {
            return null; // Gone between the two calls; what it was cannot be told any more.
        }
    }
}
