namespace AspireLB.Load;

/// <summary>
/// The options. Warmup and Seconds: how long load runs before and during the measurement. Requests: stop after this many (0: after the time). Rate:
/// requests per second, sent when due whether or not earlier ones have responses (0: each connection sends as soon as it has a response). Body:
/// bytes sent with each request, as a POST (0: a GET). Expect: bytes of body that each response must have.
/// </summary>
internal sealed record Options(
    int Port, string Path, int Connections, double Seconds, double Warmup, long Requests, double Rate, int Body, long Expect, bool NewConnections)
{
    public static Options Parse(string[] args)
    {
        var values = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        string Get(string name, string otherwise) => values.Remove(name, out var value) ? value : otherwise;
        var options = new Options(
            int.Parse(Get("--port", "8080")), Get("--path", "/"), int.Parse(Get("--connections", "64")), double.Parse(Get("--seconds", "3")),
            double.Parse(Get("--warmup", "0.3")), long.Parse(Get("--requests", "0")), double.Parse(Get("--rate", "0")), int.Parse(Get("--body", "0")),
            long.Parse(Get("--expect", "54")), bool.Parse(Get("--new-connections", "false")));
        return values.Count == 0 ? options : throw new ArgumentException($"Unknown option {values.Keys.First()}");
    }
}
