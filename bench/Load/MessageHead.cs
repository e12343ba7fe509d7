using System.Buffers.Text;

namespace AspireLB.Load;

/// <summary>Parses what the generator and the sink need from an HTTP/1.1 head, of requests and responses alike.</summary>
internal readonly struct MessageHead
{
    public int Length { get; private init; }

    public int Status { get; private init; }

    /// <summary>The length, or -1 if the head has none.</summary>
    public long ContentLength { get; private init; }

    public bool Closes { get; private init; }

    /// <returns>False until the empty line has arrived.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out MessageHead head)
    {
        head = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        _ = Utf8Parser.TryParse(bytes.Slice(Math.Min(9, end), Math.Min(3, end)), out int status, out _);
        long length = -1;
        var closes = false;
        var rest = bytes[..end];
        for (var line = rest.IndexOf((byte)'\n'); line >= 0; line = rest.IndexOf((byte)'\n'))
        {
            rest = rest[(line + 1)..];
            if (rest.Length > 11 && (rest[0] | 0x20) == 'c')
            {
                if (Value(rest, "content-length:"u8) is { Length: > 0 } number)
                {
                    _ = Utf8Parser.TryParse(number, out length, out _);
                }
                else if (Value(rest, "connection:"u8) is { Length: > 4 } option)
                {
                    closes |= (option[0] | 0x20) == 'c' && (option[1] | 0x20) == 'l';
                }
            }
        }

        head = new() { Length = end + 4, Status = status, ContentLength = length, Closes = closes };
        return true;
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> lowerCaseName)
    {
        if (line.Length < lowerCaseName.Length)
        {
            return default;
        }

        for (var i = 0; i < lowerCaseName.Length; i++)
        {
            if ((line[i] | 0x20) != (lowerCaseName[i] | 0x20))
            {
                return default;
            }
        }

        return line[lowerCaseName.Length..].TrimStart((byte)' ');
    }
}
