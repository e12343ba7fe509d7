using System.Text;
using AspireLB.Balancing.Forwarding.Http1;
using BenchmarkDotNet.Attributes;

namespace AspireLB.LoadBalancer.Benchmarks;

/// <summary>Measures parsing the head of a small JSON response as nginx writes it.</summary>
[MemoryDiagnoser]
public class ResponseHeads
{
    private readonly byte[][] _sameButForTheDate = [Head("Mon, 01 Jun 2026 10:00:00 GMT"), Head("Mon, 01 Jun 2026 10:00:01 GMT")];

    private readonly byte[][] _different =
    [
        Head("Mon, 01 Jun 2026 10:00:00 GMT"),
        Encoding.ASCII.GetBytes(
            "HTTP/1.1 404 Not Found\r\nServer: gunicorn\r\nX-Served-By: server-2\r\nContent-Length: 9\r\nContent-Type: text/plain\r\n\r\n"),
    ];

    private readonly ResponseHeadParser _parser = new();
    private int _turn;

    /// <summary>Within a second, a backend's responses to one kind of request begin with the same bytes.</summary>
    [Benchmark(Baseline = true)]
    public bool SameAgain() => Parse(_sameButForTheDate[0]);

    [Benchmark]
    public bool DateChanged() => Parse(_sameButForTheDate[_turn++ & 1]);

    [Benchmark]
    public bool NothingAlike() => Parse(_different[_turn++ & 1]);

    private static byte[] Head(string date) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: {date}\r\nContent-Type: application/json\r\nContent-Length: 54\r\n" +
        "Connection: keep-alive\r\n\r\n");

    private bool Parse(byte[] head) =>
        _parser.TryParse(head, out _) == HeadParse.Complete ? true : throw new InvalidOperationException("The head was refused.");
}
