namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Hostile;

/// <summary>Expected tells what a client may get of an invalid response.</summary>
public enum Expected
{
    /// <summary>502: the response was rejected.</summary>
    Refused,

    /// <summary>A valid head and a body that breaks off, or 502 if the fault was found at once.</summary>
    BrokenOff,

    /// <summary>A valid response; the bytes after it belong to no request.</summary>
    Whole,
}

/// <summary>
/// HostileResponses are the responses of faulty or malicious backends. <c>POISON</c> must never be taken for the next response or a part of it.
/// </summary>
internal static class HostileResponses
{
    private const string Poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Id: POISON\r\n\r\nPOISON";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    public static IReadOnlyDictionary<string, (string Response, Expected Expected)> All { get; } =
        Heads().Concat(Framings()).Concat(Chunks()).Concat(Trails()).ToDictionary(entry => entry.Name, entry => (entry.Response, entry.Expected));

    private static IEnumerable<(string Name, string Response, Expected Expected)> Heads()
    {
        yield return ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Expected.Refused);
        yield return ("a TLS alert", "\u0015\u0003\u0001\0\u0002\u0002\u0046", Expected.Refused);
        yield return ("HTTP/0.9", "<html>POISON</html>", Expected.Refused);
        yield return ("HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("HTTP/1.2", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("lower case", "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("status in letters", "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("two spaces", "HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", Expected.Refused);
        yield return ("one bare line feed", "HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("bare carriage return", "HTTP/1.1 200 OK\r\nX-A: 1\rContent-Length: 6\r\n\r\nPOISON", Expected.Refused);
        yield return ("carriage return at the end of a value", "HTTP/1.1 200 OK\r\nX-A: 1\r\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("NUL in a value", "HTTP/1.1 200 OK\r\nX-A: 1\0\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("NUL in a name", "HTTP/1.1 200 OK\r\nX\0A: 1\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("control character in the reason", "HTTP/1.1 200 O\u0007K\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("folded field", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: 1\r\n 2\r\n\r\n", Expected.Refused);
        yield return ("folded length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n 6\r\n\r\nPOISON", Expected.Refused);
        yield return ("folded first line", "HTTP/1.1 200 OK\r\n X-A: 1\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("no colon", "HTTP/1.1 200 OK\r\nX-A\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("no name", "HTTP/1.1 200 OK\r\n: 1\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("space in a name", "HTTP/1.1 200 OK\r\nX A: 1\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("bytes above 127 in a name", "HTTP/1.1 200 OK\r\nX-\u00e9: 1\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("endless field", "HTTP/1.1 200 OK\r\nX-A: " + new string('a', 100_000), Expected.Refused);
        yield return ("overlong head", $"HTTP/1.1 200 OK\r\nX-A: {new string('a', 70_000)}\r\nContent-Length: 0\r\n\r\n", Expected.Refused);
        yield return ("too many fields", $"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Repeat("A: b\r\n", 600))}Content-Length: 0\r\n\r\n",
            Expected.Refused);
        yield return ("unsolicited switch", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + Poison,
            Expected.Refused);
        yield return ("interim response with a body", "HTTP/1.1 103 Early Hints\r\nContent-Length: 6\r\n\r\nPOISON" + Poison, Expected.Refused);
        yield return ("interim responses without end", string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 200)), Expected.Refused);
        yield return ("broken interim response", "HTTP/1.1 102 Processing\r\nX A: 1\r\n\r\n" + Poison, Expected.Refused);
        yield return ("empty lines first", "\r\n\r\n" + Poison, Expected.Refused);
    }

    private static IEnumerable<(string Name, string Response, Expected Expected)> Framings()
    {
        string[] lengths = ["+6", "-6", "0x6", "6,6", "6, 7", "6 6", "six", "", "99999999999999999999", "6.0", "\u00a06"];
        foreach (var length in lengths)
            yield return ($"length '{length}'", $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nPOISON", Expected.Refused);
        yield return ("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 6\r\n\r\nPOISON", Expected.Refused);
        yield return ("a length twice", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\ncontent-length: 6\r\n\r\nPOISON", Expected.Refused);
        yield return ("length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Poison,
            Expected.Refused);
        yield return ("chunks and length", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n6\r\nPOISON\r\n0\r\n\r\n",
            Expected.Refused);
        string[] codings =
            ["gzip, chunked", "chunked, chunked", "chunked, identity", "identity", "xchunked", "chunked;q=1", "\"chunked\"", "chunked,", ""];
        foreach (var coding in codings)
            yield return ($"coding '{coding}'", $"HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n" + Poison, Expected.Refused);
        yield return ("coding on two lines", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + Poison,
            Expected.Refused);
        yield return ("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Poison, Expected.Refused);
    }

    private static IEnumerable<(string Name, string Response, Expected Expected)> Chunks()
    {
        string[] sizes = ["", "g", "-1", "+6", "0x6", "6 6", "fffffffffffffffff", "ffffffffffffffff", "00000000000000006"];
        foreach (var size in sizes)
            yield return ($"chunk size '{size}'", $"{Chunked}{size}\r\nPOISON\r\n0\r\n\r\n", Expected.BrokenOff);
        yield return ("chunk longer than its size", Chunked + "1\r\nPOISON\r\n0\r\n\r\n", Expected.BrokenOff);
        yield return ("chunk shorter than its size", Chunked + "8\r\nPOISON\r\n0\r\n\r\n", Expected.BrokenOff);
        yield return ("chunk size ended by a line feed", Chunked + "6\nPOISON\r\n0\r\n\r\n", Expected.BrokenOff);
        yield return ("chunk ended by a line feed", Chunked + "6\r\nPOISON\n0\r\n\r\n", Expected.BrokenOff);
        yield return ("line feed in an extension", Chunked + "6;a\nb\r\nPOISON\r\n0\r\n\r\n", Expected.BrokenOff);
        yield return ("extension without end", Chunked + "6;" + new string('a', 100_000), Expected.BrokenOff);
        yield return ("a good chunk and a bad one", Chunked + "4\r\ngood\r\nnone\r\n" + Poison, Expected.BrokenOff);
        yield return ("trailer without a colon", Chunked + "0\r\nPOISON\r\n\r\n", Expected.BrokenOff);
        yield return ("folded trailer", Chunked + "0\r\nX-A: 1\r\n 2\r\n\r\n" + Poison, Expected.BrokenOff);
        yield return ("trailers without end", Chunked + "0\r\nX-A: " + new string('a', 100_000), Expected.BrokenOff);
        yield return ("response instead of a last chunk", Chunked + "4\r\ngood\r\n" + Poison, Expected.BrokenOff);
    }

    private static IEnumerable<(string Name, string Response, Expected Expected)> Trails()
    {
        yield return ("a second response", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + Poison, Expected.Whole);
        yield return ("more than its length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokPOISON", Expected.Whole);
        yield return ("more than no body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + Poison, Expected.Whole);
        yield return ("a response behind the last chunk", Chunked + "2\r\nok\r\n0\r\n\r\n" + Poison, Expected.Whole);
        yield return ("bytes behind the last chunk", Chunked + "2\r\nok\r\n0\r\n\r\n\r\n", Expected.Whole);
        yield return ("body of a 204", "HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\nPOISON", Expected.Whole);
        yield return ("chunks of a 204", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nPOISON\r\n0\r\n\r\n", Expected.Whole);
        yield return ("unannounced body of a 204", "HTTP/1.1 204 No Content\r\n\r\n" + Poison, Expected.Whole);
        yield return ("body of a 205", "HTTP/1.1 205 Reset Content\r\nContent-Length: 6\r\n\r\nPOISON", Expected.Whole);
        yield return ("body of a 304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\nPOISON", Expected.Whole);
    }
}
