using System.Globalization;
using System.Runtime.InteropServices;

/// <summary>
/// Loaded into a .NET proxy through DOTNET_STARTUP_HOOKS, which prescribes name and form: on SIGUSR1 it writes the number of bytes that the process
/// has allocated so far to the file which ALLOCATIONS_FILE names.
/// </summary>
internal sealed class StartupHook
{
    private const PosixSignal User1 = (PosixSignal)10;

    // A registration that nobody holds is undone.
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
