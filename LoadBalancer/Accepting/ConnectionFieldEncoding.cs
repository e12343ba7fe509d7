using System.Text;
using Microsoft.Net.Http.Headers;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>
/// Reads a request's <c>Connection</c> field so that Kestrel leaves the names in it. Where it finds <c>close</c> or <c>keep-alive</c> Kestrel replaces the whole
/// value by that one word, and the fields that the client nominates beside it (RFC 9110, section 7.6.1) would pass to the backend. So in a value that
/// nominates fields those words are written in a way Kestrel does not know; <see cref="AsksToClose"/> finds them again.
/// </summary>
internal sealed class ConnectionFieldEncoding : Encoding
{
    private const string Mark = "aspirelb-";
    private static readonly ConnectionFieldEncoding Instance = new();

    /// <summary>
    /// Kestrel's choice of encoding for a field. All but one are ISO 8859-1: one byte, one character, so that what a client puts into a field comes
    /// out again as it went in.
    /// </summary>
    public static Encoding For(string fieldName) =>
        fieldName.Length == 10 && fieldName.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase) ? Instance : Latin1;

    /// <summary>Whether a value that was read here asks for the connection to be closed, without Kestrel knowing.</summary>
    public static bool AsksToClose(string? value) => value is not null && value.Contains(Mark + "close", StringComparison.Ordinal);

    public override string GetString(byte[] bytes, int index, int count)
    {
        var value = Latin1.GetString(bytes, index, count);
        var options = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return options.All(IsKnown) ? value : string.Join(", ", options.Select(Hide));
    }

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => GetString(bytes, index, count).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var value = GetString(bytes, byteIndex, byteCount);
        value.CopyTo(0, chars, charIndex, value.Length);
        return value.Length;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount * (Mark.Length + 2);

    private static string Hide(string option) => option.ToLowerInvariant() switch
    {
        "close" => Mark + "close",
        "keep-alive" => Mark + "keep-alive",
        _ => option,
    };

    // An upgrade is Kestrel's to see: it decides what becomes of the connection.
    private static bool IsKnown(string option) => option.ToLowerInvariant() is "close" or "keep-alive" or "upgrade";
}
