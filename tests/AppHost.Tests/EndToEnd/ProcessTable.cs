using System.Globalization;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>What runs on this machine, from /proc.</summary>
internal static class ProcessTable
{
    public static bool IsAvailable => Directory.Exists("/proc/self");

    /// <summary>Process ids of the children of a process and of theirs.</summary>
    public static IReadOnlyList<int> Descendants(int parent)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Select(id => (Id: id, Status: id == 0 ? null : Status(id)))
            .Where(process => process.Status is not null)
            .ToLookup(process => process.Status!.Value.Parent, process => process.Id);
        var found = new List<int>();
        var open = new Queue<int>([parent]);
        while (open.TryDequeue(out var next))
        {
            foreach (var child in parents[next])
            {
                found.Add(child);
                open.Enqueue(child);
            }
        }
        return found;
    }

    /// <summary>A process whose exit code nobody has collected yet has ended all the same.</summary>
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

    private static (int Parent, char State)? Status(int id)
    {
        try
        {
            // "pid (name) state ppid …", where the name may contain anything.
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
