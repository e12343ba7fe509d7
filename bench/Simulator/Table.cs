namespace AspireLB.LoadBalancer.Simulator;

/// <summary>Prints results as a Markdown table.</summary>
internal static class Table
{
    public static void Print(string title, string[] heads, IEnumerable<string[]> rows)
    {
        Console.WriteLine($"**{title}**");
        Console.WriteLine();
        Console.WriteLine(Line(heads));
        Console.WriteLine(Line([.. heads.Select(_ => "---")]));
        foreach (var row in rows)
            Console.WriteLine(Line(row));
        Console.WriteLine();
    }

    public static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:#,0} ms";

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells)} |";
}
