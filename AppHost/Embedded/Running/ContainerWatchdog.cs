using System.Diagnostics;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>
/// Removes the run's containers when the host is killed, which no handler of its own could: a shell that waits for the end of a pipe only
/// the host holds open. Containers belong to the engine and would stay otherwise.
/// </summary>
internal sealed class ContainerWatchdog : IDisposable
{
    // Three rounds, since a container may be about to start when the host dies.
    private const string Script =
        """
        trap '' INT TERM HUP QUIT
        cat >/dev/null
        for round in 1 2 3; do
          left=$("$1" ps --all --quiet --filter "label=$2")
          [ -z "$left" ] || "$1" rm --force $left
          [ $round = 3 ] || sleep 1
        done >/dev/null 2>&1
        """;

    private readonly Process? _process;

    private ContainerWatchdog(Process? process) => _process = process;

    /// <summary>Windows has no shell for it; there the next start removes what a killed host left.</summary>
    public static async Task<ContainerWatchdog> StartAsync(LaunchThread thread, ContainerEngine engine) => OperatingSystem.IsWindows()
        ? new ContainerWatchdog(null)
        : new ContainerWatchdog(await thread.StartAsync(new ProcessCommand("/bin/sh", ["-c", Script, "sh", engine.Program, ContainerEngine.RunLabel]).ToDetachedStartInfo()));

    /// <summary>Ends the watchdog once the containers are gone.</summary>
    public void Dispose()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
