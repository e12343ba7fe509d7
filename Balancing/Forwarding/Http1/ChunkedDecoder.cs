namespace AspireLB.Balancing.Forwarding.Http1;

internal enum ChunkParse
{
    /// <summary>All input has been consumed and the body continues.</summary>
    NeedMore,

    /// <summary>A piece of the body was found.</summary>
    Data,

    /// <summary>The body and its trailer section are complete.</summary>
    Done,

    Invalid,
}

/// <summary>
/// ChunkedDecoder decodes the chunked coding (RFC 9112, section 7.1) strictly: hexadecimal sizes of at most 16 digits, and only CRLF as line end.
/// It drops chunk extensions and collects the trailer section. It buffers nothing but trailers.
/// </summary>
internal sealed class ChunkedDecoder
{
    /// <summary>Limits of one chunk's extensions and of the trailer section.</summary>
    private const int MaxExtensionBytes = 4096;
    private const int MaxTrailerBytes = 16 * 1024;

    private readonly List<byte> _trailers = [];
    private State _state;
    private long _remaining;
    private int _count;

    private enum State
    {
        Size,
        SizeSpace,
        Extension,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        TrailerStart,
        Trailer,
        TrailerLineFeed,
        LastLineFeed,
        Done,
    }

    /// <summary>Bytes of the current chunk's data that are still to come.</summary>
    public long Remaining => _state == State.Data ? _remaining : 0;

    /// <summary>The trailer section's field lines, each ended by CRLF.</summary>
    public ReadOnlySpan<byte> Trailers => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_trailers);

    public void Reset()
    {
        _state = State.Size;
        _remaining = 0;
        _count = 0;
        _trailers.Clear();
    }

    /// <summary>
    /// Decodes more of the body from <paramref name="input"/> and consumes <paramref name="consumed"/> bytes of it. With
    /// <see cref="ChunkParse.Data"/> the last <paramref name="data"/> of them belong to the body.
    /// </summary>
    public ChunkParse Read(ReadOnlySpan<byte> input, out int consumed, out int data)
    {
        data = 0;
        for (consumed = 0; consumed < input.Length;)
        {
            if (_state == State.Data)
            {
                data = (int)Math.Min(_remaining, input.Length - consumed);
                consumed += data;
                Take(data);
                return ChunkParse.Data;
            }

            if (_state == State.Done)
                return ChunkParse.Done;
            if (!Step(input[consumed++]))
                return ChunkParse.Invalid;
        }

        return _state == State.Done ? ChunkParse.Done : ChunkParse.NeedMore;
    }

    /// <summary>Counts <paramref name="bytes"/> of the current chunk's data that were received without this decoder.</summary>
    public void Take(long bytes)
    {
        _remaining -= bytes;
        if (_remaining == 0)
            _state = State.DataReturn;
    }

    private bool Step(byte b)
    {
        switch (_state)
        {
            case State.Size:
                return StepSize(b);
            case State.SizeSpace:
                return EndSize(b);
            case State.Extension:
                if (b == '\r')
                    _state = State.SizeLineFeed;
                else if ((b < ' ' && b != '\t') || b == 127 || ++_count > MaxExtensionBytes)
                    return false;
                return true;
            case State.SizeLineFeed:
                _count = 0;
                return Expect(b, '\n', _remaining > 0 ? State.Data : State.TrailerStart);
            case State.DataReturn:
                return Expect(b, '\r', State.DataLineFeed);
            case State.DataLineFeed:
                return Expect(b, '\n', State.Size);
            case State.TrailerStart when b == '\r':
                _state = State.LastLineFeed;
                return true;
            case State.TrailerStart or State.Trailer:
                _trailers.Add(b);
                _state = b == '\r' ? State.TrailerLineFeed : State.Trailer;
                return _trailers.Count <= MaxTrailerBytes && b != '\n';
            case State.TrailerLineFeed:
                _trailers.Add(b);
                return Expect(b, '\n', State.TrailerStart);
            case State.LastLineFeed:
                return Expect(b, '\n', State.Done) && TrailersAreFields();
            default:
                return false;
        }
    }

    private bool StepSize(byte b)
    {
        if (char.IsAsciiHexDigit((char)b))
        {
            // More digits, or a size that overflows, are an attack or a fault.
            if (++_count > 16 || _remaining > long.MaxValue >> 4)
                return false;

            _remaining = (_remaining << 4) | (uint)HexValue(b);
            return true;
        }

        if (_count == 0)
            return false;

        _count = 0;
        return EndSize(b);
    }

    /// <summary>
    /// Only a line end or an extension may follow a size, after optional white space. A laxer reader would take another digit for another size.
    /// </summary>
    private bool EndSize(byte b)
    {
        _state = b switch { (byte)'\r' => State.SizeLineFeed, (byte)';' => State.Extension, _ => State.SizeSpace };
        return b is (byte)'\r' or (byte)';' || (b is (byte)' ' or (byte)'\t' && ++_count <= MaxExtensionBytes);
    }

    private bool TrailersAreFields()
    {
        var rest = Trailers;
        while (!rest.IsEmpty)
        {
            if (!FieldLine.TryTakeLine(ref rest, out var line) || !FieldLine.TrySplit(line, out _, out _))
                return false;
        }

        return true;
    }

    private bool Expect(byte b, char expected, State next)
    {
        _state = next;
        return b == expected;
    }

    private static int HexValue(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
}
