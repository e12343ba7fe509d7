using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AspireLB.Balancing.Forwarding.Http1;

internal enum HeadParse
{
    /// <summary>The end of the head has not arrived yet.</summary>
    Incomplete,

    Complete,

    /// <summary>The bytes are not HTTP/1.x, or are ambiguous.</summary>
    Invalid,
}

/// <summary>
/// ResponseHeadParser parses the response heads (RFC 9112, sections 2 to 6) of one connection. It remembers the previous head: an unchanged line,
/// which most are, costs a comparison and allocates no string. The result depends on the bytes alone.
/// </summary>
internal sealed class ResponseHeadParser
{
    /// <summary>Length of the longest head in bytes; .NET's own client has the same limit.</summary>
    public const int MaxHeadBytes = 64 * 1024;

    /// <summary>The most fields in a head.</summary>
    public const int MaxFields = 512;

    /// <summary>Longer heads are not remembered, so that an idle connection does not hold much memory.</summary>
    private const int MaxRememberedBytes = 4096;

    private byte[] _previous = [];
    private int _previousLength;
    private Line[] _lines = new Line[16];
    private int _lineCount;
    private string? _connectionValue;

    public ResponseHead Head { get; } = new();

    /// <summary>
    /// Parses a head at the start of <paramref name="bytes"/>. If it is complete, <see cref="Head"/> holds it and <paramref name="consumed"/> is its
    /// length, including the empty line.
    /// </summary>
    public HeadParse TryParse(ReadOnlySpan<byte> bytes, out int consumed)
    {
        consumed = 0;
        if (_previousLength > 0 && bytes.Length >= _previousLength && bytes[.._previousLength].SequenceEqual(_previous.AsSpan(0, _previousLength)))
        {
            consumed = _previousLength;
            return HeadParse.Complete;
        }

        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return bytes.Length > MaxHeadBytes || !CouldBeStart(bytes) ? HeadParse.Invalid : HeadParse.Incomplete;

        var length = end + 4;
        if (length > MaxHeadBytes || !Parse(bytes[..(end + 2)]))
        {
            _previousLength = 0;
            return HeadParse.Invalid;
        }

        Remember(bytes[..length]);
        consumed = length;
        return HeadParse.Complete;
    }

    private static bool CouldBeStart(ReadOnlySpan<byte> bytes)
    {
        var prefix = "HTTP/1."u8;
        var known = Math.Min(prefix.Length, bytes.Length);
        return bytes[..known].SequenceEqual(prefix[..known]) && !FieldLine.HasBareLineFeed(bytes);
    }

    private void Remember(ReadOnlySpan<byte> head)
    {
        _previousLength = 0;
        if (head.Length > MaxRememberedBytes)
            return;

        if (_previous.Length < head.Length)
            _previous = new byte[head.Length + 64];
        head.CopyTo(_previous);
        _previousLength = head.Length;
    }

    private bool Parse(ReadOnlySpan<byte> head)
    {
        var remembered = _previousLength > 0 ? _lineCount : 0;
        _lineCount = 0;
        _connectionValue = null;
        var rest = head;
        if (!FieldLine.TryTakeLine(ref rest, out var statusLine) || !ParseStatusLine(statusLine))
            return false;

        while (!rest.IsEmpty)
        {
            var start = head.Length - rest.Length;
            if (_lineCount == MaxFields || !FieldLine.TryTakeLine(ref rest, out var line))
                return false;
            if (_lineCount == _lines.Length)
                Array.Resize(ref _lines, _lines.Length * 2);

            ref var entry = ref _lines[_lineCount];
            var before = _lineCount < remembered ? _previous.AsSpan(entry.Start, entry.Length) : default;
            if (!line.SequenceEqual(before) && !ParseLine(line, before, ref entry))
                return false;

            entry.Start = start;
            entry.Length = line.Length;
            _lineCount++;
            if (!Apply(entry))
                return false;
        }

        return Finish();
    }

    /// <summary>Parses <c>HTTP/1.1 200 OK</c> (RFC 9112, section 4). A missing space before an empty reason phrase is tolerated.</summary>
    private bool ParseStatusLine(ReadOnlySpan<byte> line)
    {
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' ')
            return false;
        if (line.Length > 12 && line[12] != ' ')
            return false;

        int hundreds = line[9] - '0', tens = line[10] - '0', ones = line[11] - '0';
        if (hundreds is < 1 or > 9 || tens is < 0 or > 9 || ones is < 0 or > 9)
            return false;

        var status = (hundreds * 100) + (tens * 10) + ones;
        var reason = line.Length > 13 ? line[13..] : default;
        var usual = ReasonPhrases.GetReasonPhrase(status);
        Head.Reset(status, Ascii.Equals(reason, usual) ? null : Encoding.Latin1.GetString(reason), line[7] == '0');
        return true;
    }

    private static bool ParseLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> before, ref Line entry)
    {
        if (!FieldLine.TrySplit(line, out var name, out var value))
            return false;

        var sameName = before.Length > name.Length && before[name.Length] == ':' && before.StartsWith(name);
        if (!sameName)
        {
            var known = FieldName.Find(name);
            entry.Name = known?.Text ?? Encoding.ASCII.GetString(name);
            entry.Kind = known?.Kind ?? FieldKind.EndToEnd;
        }

        entry.Value = Encoding.Latin1.GetString(value);
        return true;
    }

    private bool Apply(in Line line)
    {
        switch (line.Kind)
        {
            case FieldKind.EndToEnd:
                Head.Add(line.Name, line.Value);
                return true;
            case FieldKind.ContentLength:
                // Several lengths are rejected even if they agree: such a response was probably assembled from parts.
                if (Head.ContentLength >= 0 || !TryParseLength(line.Value, out var length))
                    return false;
                Head.ContentLength = length;
                return true;
            case FieldKind.TransferEncoding:
                // Any other coding would reach the client undecoded and unannounced, since the field is not forwarded.
                if (Head.IsChunked || !line.Value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                    return false;
                Head.IsChunked = true;
                return true;
            case FieldKind.Connection:
                _connectionValue = _connectionValue is null ? line.Value : _connectionValue + "," + line.Value;
                return true;
            case FieldKind.KeepAlive:
                Head.KeepAliveSeconds = KeepAliveTimeout(line.Value);
                return true;
            default:
                return true;
        }
    }

    private bool Finish()
    {
        // RFC 9112, section 6.1: both together may be response smuggling, and Transfer-Encoding in HTTP/1.0 is faulty framing.
        if (Head.IsChunked && (Head.ContentLength >= 0 || Head.IsHttp10))
            return false;
        if (_connectionValue is null)
            return true;

        foreach (var range in _connectionValue.AsSpan().Split(','))
        {
            var option = _connectionValue.AsSpan()[range].Trim(" \t");
            if (option.Equals("close", StringComparison.OrdinalIgnoreCase))
                Head.SaysClose = true;
            else if (option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase))
                Head.SaysKeepAlive = true;
            else if (!option.IsEmpty)
                Head.Remove(option.ToString());
        }

        return true;
    }

    private static bool TryParseLength(string value, out long length)
    {
        length = 0;
        return value.Length is > 0 and <= 19 && !value.AsSpan().ContainsAnyExceptInRange('0', '9')
            && long.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out length);
    }

    private static int KeepAliveTimeout(string value)
    {
        var at = value.IndexOf("timeout=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return -1;

        var digits = value.AsSpan(at + 8);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], out var seconds) ? seconds : -1;
    }

    private struct Line
    {
        public int Start;
        public int Length;
        public FieldKind Kind;
        public string Name;
        public string Value;
    }
}
