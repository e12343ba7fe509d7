using System.Globalization;
using System.Runtime.InteropServices;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Reads this machine's processes from /proc.</summary>
internal static class ProcessTable
{
    public static bool IsAvailable => Directory.Exists("/proc/self");

    /// <summary>Ids of all descendants of a process. Aspire's orchestrator is not a child: its arguments name the process it watches.</summary>
    public static IReadOnlyList<int> Descendants(int parent)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Select(id => (Id: id, Status: id == 0 ? null : Status(id)))
            .Where(process => process.Status is not null)
            .SelectMany(process => new[] { (process.Status!.Value.Parent, process.Id), (Parent: Monitored(process.Id), process.Id) })
            .ToLookup(process => process.Parent, process => process.Id);
        var found = new HashSet<int>();
        var open = new Queue<int>([parent]);
        while (open.TryDequeue(out var next))
        {
            foreach (var child in parents[next])
            {
                if (found.Add(child))
                    open.Enqueue(child);
            }
        }
        return [.. found];
    }

    /// <summary>Whether the process is running. A zombie has ended, even if its parent has not collected its exit code yet.</summary>
    public static bool IsRunning(int id) => Status(id) is { State: not ('Z' or 'X') };

    public static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>The folder of the orchestrator among these processes.</summary>
    public static string? OrchestratorFolder(IEnumerable<int> ids) =>
        ids.Select(id => Option(id, "--kubeconfig")).OfType<string>().Select(Path.GetDirectoryName).FirstOrDefault();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int Signal(int processId, int signal);

    private static int Monitored(int id) =>
        int.TryParse(Option(id, "--monitor"), NumberStyles.None, CultureInfo.InvariantCulture, out var parent) ? parent : 0;

    private static string? Option(int id, string name)
    {
        var words = CommandLine(id).Split(' ');
        return words[0].EndsWith("/dcp", StringComparison.Ordinal) && Array.IndexOf(words, name) is var at and > 0 && at + 1 < words.Length
            ? words[at + 1]
            : null;
    }

    private static (int Parent, char State)? Status(int id)
    {
        try
        {
            // The format is "pid (name) state ppid …", and the name may contain any characters.
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
