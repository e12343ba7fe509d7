using System.Buffers.Binary;

namespace AspireLB.Balancing.Model;

/// <summary>
/// A trace that begins at the balancer and that nobody records. The backend is told of it (W3C Trace Context, section 3.2), or it might begin one of its
/// own. A request keeps one number of it, since nearly all requests of a busy balancer are of this kind: the ids are made of that each time.
/// </summary>
/// <param name="Number">The first half of the trace's id; 0: no trace.</param>
internal readonly record struct UnrecordedTrace(ulong Number)
{
    /// <summary>Length of the field's value, as text.</summary>
    public const int Length = 55;

    private const ulong Step = 0x9E3779B97F4A7C15;

    public bool IsNone => Number == 0;

    /// <summary>32 hexadecimal digits.</summary>
    public string TraceId
    {
        get
        {
            Span<byte> ids = stackalloc byte[24];
            WriteIds(ids);
            return Convert.ToHexStringLower(ids[..16]);
        }
    }

    /// <summary>Writes the value of <c>traceparent</c>, which is <see cref="Length"/> bytes long.</summary>
    public void Write(Span<byte> text)
    {
        Span<byte> ids = stackalloc byte[24];
        WriteIds(ids);
        "00-"u8.CopyTo(text);
        Convert.TryToHexStringLower(ids[..16], text[3..], out _);
        text[35] = (byte)'-';
        Convert.TryToHexStringLower(ids[16..], text[36..], out _);
        "-00"u8.CopyTo(text[52..]);
    }

    public override string ToString() => string.Create(Length, this, static (text, trace) =>
    {
        Span<byte> bytes = stackalloc byte[Length];
        trace.Write(bytes);
        System.Text.Encoding.ASCII.GetChars(bytes, text);
    });

    private void WriteIds(Span<byte> ids)
    {
        BinaryPrimitives.WriteUInt64BigEndian(ids, Number);
        BinaryPrimitives.WriteUInt64BigEndian(ids[8..], Mixed(Number + Step));

        // A span's id of zeros would be none.
        BinaryPrimitives.WriteUInt64BigEndian(ids[16..], Mixed(Number + Step + Step) | 1);
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): other numbers for other numbers.</summary>
    private static ulong Mixed(ulong number)
    {
        number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
        number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
        return number ^ (number >> 31);
    }
}
