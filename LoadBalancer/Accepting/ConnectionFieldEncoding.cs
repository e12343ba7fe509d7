using System.Text;
using AspireLB.Balancing.Model;
using Microsoft.Net.Http.Headers;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>
/// Reads a request's <c>Connection</c> field so that Kestrel leaves the names in it. Where all lines of the field together hold just one of <c>close</c>,
/// <c>keep-alive</c> and <c>upgrade</c>, whatever else they hold, Kestrel replaces all of them by that one word, and the fields that the client nominates
/// beside it (RFC 9110, section 7.6.1) would pass to the backend. Lines are read one by one, so one that nominates a field gets two of these words added: then
/// there is never just one. <c>close</c> among them ends the client's connection after the response, which is no loss with clients that
/// nominate fields of their own.
/// </summary>
internal sealed class ConnectionFieldEncoding : Encoding
{
    private const string TwoWords = ", close, keep-alive";
    private static readonly ConnectionFieldEncoding Instance = new();

    /// <summary>
    /// Kestrel's choice of encoding for a field. All but one are ISO 8859-1: one byte, one character, so that what a client puts into a field comes
    /// out again as it went in.
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

    /// <summary>Whether fields are named that would pass otherwise. Those that never do (<c>TE</c>, <c>HTTP2-Settings</c>) need no nomination.</summary>
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
