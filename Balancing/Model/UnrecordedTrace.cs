using System.Buffers.Binary;

namespace AspireLB.Balancing.Model;

/// <summary>
/// UnrecordedTrace is a trace that begins at the balancer and is not recorded. The backend is told of it (W3C Trace Context, section 3.2), because it
/// might otherwise begin a trace of its own. Nearly all requests of a busy balancer have one, so a request keeps a single number and derives
/// the ids from it when needed.
/// </summary>
/// <param name="Number">The first half of the trace id; 0 means no trace.</param>
internal readonly record struct UnrecordedTrace(ulong Number)
{
    /// <summary>Length of the value of <c>traceparent</c>.</summary>
    public const int Length = 55;

    private const ulong Step = 0x9E3779B97F4A7C15;

    public bool IsNone => Number == 0;

    /// <summary>The trace id, as 32 hexadecimal digits.</summary>
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
        BinaryPrimitives.WriteUInt64BigEndian(ids[8..], Mix(Number + Step));

        // A span id of all zeros is invalid.
        BinaryPrimitives.WriteUInt64BigEndian(ids[16..], Mix(Number + Step + Step) | 1);
    }

    /// <summary>
    /// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). Different numbers give different results.
    /// </summary>
    private static ulong Mix(ulong number)
    {
        number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
        number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
        return number ^ (number >> 31);
    }
}
