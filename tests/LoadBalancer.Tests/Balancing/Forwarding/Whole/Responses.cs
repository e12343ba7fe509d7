using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Whole;

/// <summary>Response is a valid response and what a client must receive of it.</summary>
internal sealed record Response(byte[] Bytes, int Status, string Body, bool EndsConnection);

/// <summary>Responses generates whole responses, valid and broken, and the pieces in which they arrive.</summary>
internal static class Responses
{
    private static readonly Gen<string> Fields = Gen.Elements(
        "", "Content-Type: text/plain\r\n", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", "X-Long: " + new string('l', 3000) + "\r\n");

    private static readonly Gen<string> Interim = Gen.Elements(
        "", "", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");

    private static readonly Gen<string> Bodies =
        from length in Gen.Frequency(
            (4, Gen.Choose(0, 60)), (2, Gen.Choose(1000, 1100)), (2, Gen.Choose(4000, 20_000)), (1, Gen.Choose(60_000, 90_000)))
        from seed in Gen.Choose(0, 200)
        select string.Create(length, seed, static (text, seed) =>
        {
            // Sometimes looks like heads and chunks, so that a read at the wrong place finds one.
            const string alphabet = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n0\r\n\r\nabc";
            for (var i = 0; i < text.Length; i++)
                text[i] = alphabet[(seed + i) % alphabet.Length];
        });

    public static Gen<Response> Valid { get; } =
        from interim in Interim
        from fields in Fields
        from body in Bodies
        from framing in Gen.Elements("length", "chunks", "close")
        from chunk in Gen.Choose(1, 30_000)
        from trailers in Gen.Elements("", "X-Sum: 1\r\n")
        select framing switch
        {
            "length" => Make($"{interim}HTTP/1.1 200 OK\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}", body),
            "chunks" => Make(
                $"{interim}HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n{fields}\r\n{Chunked(body, chunk, trailers)}", body, status: 404),
            _ => Make($"{interim}HTTP/1.1 200 OK\r\n{fields}Connection: close\r\n\r\n{body}", body, endsConnection: true),
        };

    public static Gen<byte[]> Mutated { get; } =
        from response in Valid
        from edits in (
            from at in Gen.Choose(0, 100_000)
            from kind in Gen.Choose(0, 2)
            from value in Gen.Elements("\r\n\0 \t:,;0a9\u00ff".ToCharArray())
            select (at, kind, value)).NonEmptyListOf()
        select Edit(response.Bytes, edits.Take(4));

    /// <summary>Sizes of the pieces received at a time.</summary>
    public static Gen<int[]> Pieces { get; } =
        Gen.OneOf(
            Gen.Constant(new[] { 1 << 20 }),
            Gen.Choose(1, 50).NonEmptyListOf().Select(sizes => sizes.ToArray()),
            Gen.Choose(1, 20_000).NonEmptyListOf().Select(sizes => sizes.ToArray()));

    private static Response Make(string text, string body, int status = 200, bool endsConnection = false) =>
        new(Encoding.Latin1.GetBytes(text), status, body, endsConnection);

    private static string Chunked(string body, int size, string trailers) =>
        string.Concat(body.Chunk(size).Select(chunk => $"{chunk.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n{new string(chunk)}\r\n"))
            + $"0\r\n{trailers}\r\n";

    private static byte[] Edit(byte[] response, IEnumerable<(int At, int Kind, char Value)> edits)
    {
        var bytes = response.ToList();
        foreach (var (at, kind, value) in edits)
        {
            // Mostly within the head and the first chunks, where single bytes matter.
            var index = at % Math.Min(bytes.Count, at % 5 == 0 ? int.MaxValue : 150);
            if (kind == 0)
                bytes[index] = (byte)value;
            else if (kind == 1)
                bytes.Insert(index, (byte)value);
            else if (bytes.Count > 1)
                bytes.RemoveAt(index);
        }

        return [.. bytes];
    }
}
