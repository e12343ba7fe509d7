using System.Text;
using AspireLB.Balancing.Model;
using Microsoft.Net.Http.Headers;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>
/// Decodes a request's <c>Connection</c> field so that Kestrel keeps the names in it. If all lines of the field together contain exactly one of
/// <c>close</c>, <c>keep-alive</c> and <c>upgrade</c>, Kestrel replaces them by that word, whatever else they contain. Fields that the client
/// nominates beside it (RFC 9110, section 7.6.1) would then pass to the backend. Lines are decoded one by one, so two of these words are appended
/// to each line that nominates a field: the count is then never one. The appended <c>close</c> ends the client's connection after the response,
/// which is acceptable for clients that nominate their own fields.
/// </summary>
internal sealed class ConnectionFieldEncoding : Encoding
{
    private const string TwoWords = ", close, keep-alive";
    private static readonly ConnectionFieldEncoding Instance = new();

    /// <summary>
    /// Selects the encoding of a field for Kestrel. All fields but one use ISO 8859-1, which maps each byte to one character, so that their bytes
    /// pass through unchanged.
    /// </summary>
    public static Encoding For(string fieldName) =>
        fieldName.Length == 10 && fieldName.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase) ? Instance : Latin1;

    public override string GetString(byte[] bytes, int index, int count)
    {
        var value = Latin1.GetString(bytes, index, count);
        return NominatesFields(value) ? value + TwoWords : value;
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

    public override int GetMaxCharCount(int byteCount) => byteCount + TwoWords.Length;

    /// <summary>Whether the line names fields that would otherwise pass. Hop-by-hop fields (<c>TE</c> and others) never pass.</summary>
    private static bool NominatesFields(string value)
    {
        foreach (var range in value.AsSpan().Split(','))
        {
            var option = value.AsSpan()[range].Trim(" \t");
            if (!option.IsEmpty && !option.Equals("close", StringComparison.OrdinalIgnoreCase) && !HopByHop.Contains(option))
                return true;
        }

        return false;
    }
}
