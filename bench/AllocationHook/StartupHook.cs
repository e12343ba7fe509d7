using System.Globalization;
using System.Runtime.InteropServices;

/// <summary>
/// Runs in a .NET proxy through DOTNET_STARTUP_HOOKS, which requires this name and form. On SIGUSR1 it writes the number of bytes that the process
/// has allocated so far to the file named by ALLOCATIONS_FILE.
/// </summary>
internal sealed class StartupHook
{
    private const PosixSignal User1 = (PosixSignal)10;

    // Keeps the registration alive: the garbage collector would undo it.
    private static readonly List<IDisposable> Registrations = [];

    public static void Initialize()
    {
        var file = Environment.GetEnvironmentVariable("ALLOCATIONS_FILE") ?? throw new InvalidOperationException("ALLOCATIONS_FILE is not set.");
        Registrations.Add(PosixSignalRegistration.Create(User1, context =>
        {
            context.Cancel = true;
            var unfinished = file + ".new";
            File.WriteAllText(unfinished, GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
            File.Move(unfinished, file, overwrite: true);
        }));
    }
}
