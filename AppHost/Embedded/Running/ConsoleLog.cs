namespace AspireLB.AppHost.Embedded.Running;

/// <summary>One log for all: each line with the name of who wrote it, in a colour of its own on a terminal that wants colours.</summary>
internal sealed class ConsoleLog(TextWriter output, TextWriter errors, bool colours)
{
    /// <summary>The host's own lines carry this name.</summary>
    private const string Host = "apphost";

    private static readonly int[] Palette = [36, 32, 33, 34, 35, 96, 92, 93, 94, 95];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _colours = [];
    private int _width = Host.Length;

    public static ConsoleLog ForConsole() => new(Console.Out, Console.Error, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    /// <summary>Whether resources may colour their output.</summary>
    public bool Colours => colours;

    /// <summary>Makes the names line up.</summary>
    public void MakeRoomFor(IEnumerable<string> names) => _width = names.Append(Host).Max(name => name.Length);

    public void Say(string line) => Write(Host, line);

    public void Write(string name, string line)
    {
        lock (_lock)
            output.WriteLine(colours ? $"\e[{Colour(name)}m{name.PadRight(_width)} |\e[0m {line}" : $"{name.PadRight(_width)} | {line}");
    }

    /// <summary>A sentence about why the host ends, on the error stream and without a name before it.</summary>
    public void Fail(string sentence)
    {
        lock (_lock)
            errors.WriteLine(sentence);
    }

    private int Colour(string name)
    {
        if (name == Host)
            return 1;
        if (!_colours.TryGetValue(name, out var colour))
            _colours[name] = colour = Palette[_colours.Count % Palette.Length];
        return colour;
    }
}
