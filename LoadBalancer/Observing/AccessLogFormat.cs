using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>Formats entries as lines. Text from a client can't break out of its line or its quotes.</summary>
internal static class AccessLogFormat
{
    private static readonly SearchValues<char> Harmless = SearchValues.Create(
        Enumerable.Range(0x20, 0x5f).Select(code => (char)code).Where(character => character is not ('"' or '\\')).ToArray());

    public static Func<AccessEntry, string> Named(string name) => name switch
    {
        "Json" => entry => JsonSerializer.Serialize(entry, AccessEntryJson.Default.AccessEntry),
        "Combined" => Combined,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such format"),
    };

    // https://httpd.apache.org/docs/2.4/logs.html#combined
    private static string Combined(AccessEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.Client ?? "-"} - - [{entry.At:dd/MMM/yyyy:HH:mm:ss} +0000] "
        + $"\"{Quoted(entry.Method)} {Quoted(entry.Target)} {Quoted(entry.Protocol)}\" {entry.Status} {(object?)entry.Bytes ?? "-"} "
        + $"\"{Quoted(entry.Referer)}\" \"{Quoted(entry.UserAgent)}\"");

    private static string Quoted(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "-";
        if (!text.AsSpan().ContainsAnyExcept(Harmless))
            return text;

        var escaped = new StringBuilder();
        foreach (var unit in Encoding.UTF8.GetBytes(text))
            escaped.Append(Harmless.Contains((char)unit) ? ((char)unit).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{unit:x2}"));
        return escaped.ToString();
    }
}
