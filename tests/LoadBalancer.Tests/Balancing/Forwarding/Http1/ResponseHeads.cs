using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Http1;

/// <summary>ResponseHeads generates response heads.</summary>
internal static class ResponseHeads
{
    private static readonly Gen<string> Field = Gen.Elements(
        "Content-Type: text/plain", "content-type: application/json; charset=utf-8", "Server: any/1.0", "Date: Sun, 22 Nov 2026 10:00:00 GMT",
        "Date: Sun, 22 Nov 2026 10:00:01 GMT", "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "X-Empty:", "X-Empty2: \t", "X-Name: caf\u00e9",
        "Connection: close", "Connection: keep-alive, X-Drop", "X-Drop: 1", "Keep-Alive: timeout=5", "ETag: \"abc\"", "Vary:Accept", "X-Colon: a:b:c",
        "Cache-Control : no-cache", "X-Long: " + new string('l', 300));

    private static readonly Gen<string> Framing = Gen.Elements(
        "", "Content-Length: 0\r\n", "Content-Length: 54\r\n", "Transfer-Encoding: chunked\r\n");

    private static readonly Gen<string> StatusLine = Gen.Elements(
        "HTTP/1.1 200 OK", "HTTP/1.1 201 Made", "HTTP/1.1 204 No Content", "HTTP/1.1 404 Not Found", "HTTP/1.1 599", "HTTP/1.1 503 ");

    public static Gen<string> Valid { get; } =
        from status in StatusLine
        from framing in Framing
        from fields in Field.ListOf()
        from position in Gen.Choose(0, fields.Count)
        select status + "\r\n" + Lines(fields.Take(position)) + framing + Lines(fields.Skip(position)) + "\r\n";

    /// <summary>Valid heads with some bytes replaced, removed or doubled.</summary>
    public static Gen<byte[]> Mutated { get; } =
        from head in Valid
        from edits in (
            from at in Gen.Choose(0, 10_000)
            from kind in Gen.Choose(0, 2)
            from value in Gen.Elements("\r\n\0 \t:,;0a\u00ff".ToCharArray())
            select (at, kind, value)).NonEmptyListOf()
        select Edit(head, edits.Take(6));

    private static string Lines(IEnumerable<string> fields) => string.Concat(fields.Select(field => field + "\r\n"));

    private static byte[] Edit(string head, IEnumerable<(int At, int Kind, char Value)> edits)
    {
        var text = new StringBuilder(head);
        foreach (var (at, kind, value) in edits)
        {
            var index = at % text.Length;
            if (kind == 0)
                text[index] = value;
            else if (kind == 1)
                text.Insert(index, value);
            else if (text.Length > 1)
                text.Remove(index, 1);
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
