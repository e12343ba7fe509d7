using static AspireLB.LoadBalancer.Tests.EndToEnd.Differential.Scenarios;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>Bodies of responses: framing, trailers, and how the backend's connection goes on.</summary>
internal static class ResponseBodyScenarios
{
    private static readonly string Large = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i,9}|"));

    public static IEnumerable<Scenario> All =>
    [
        new("Length", Get(), Answers(Ok)),
        new("Length 0", Get(), Answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
        new("Length, body behind the head", Get(), AnswersInPieces("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "bo", "dy")),
        new("Length, large", Get(), Answers($"HTTP/1.1 200 OK\r\nContent-Length: {Large.Length}\r\n\r\n{Large}")),
        new("Chunked", Get(), Answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n")),
        new("Chunked, empty", Get(), Answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
        new("Chunked, large", Get(), Answers($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Large.Length:x}\r\n{Large}\r\n0\r\n\r\n")),
        new("Chunked with extensions", Get(), Answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b;c\r\nbody\r\n0;d\r\n\r\n")),
        new(
            "Chunked with trailers",
            Get(),
            Answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n")),
        new(
            "Chunked in odd pieces",
            Get(),
            AnswersInPieces("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4", "\r", "\nbo", "dy\r", "\n0\r\n", "\r\n")),
        new("Chunked to HTTP/1.0", "GET / HTTP/1.0\r\n@\r\n", Answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")),
        new("Until close", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody")),
        new(
            "Until close, empty",
            Get(),
            AnswersAndCloses(
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")) { Differs = "empty-until-close", Ours = "transfer-encoding: chunked\n\n\n(whole)" },
        new("Until close, large", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\n\r\n" + Large)),
        new("Until close to HTTP/1.0", "GET / HTTP/1.0\r\n@\r\n", AnswersAndCloses("HTTP/1.0 200 OK\r\n\r\nbody")),
        new("HTTP/1.0 until close", Get(), AnswersAndCloses("HTTP/1.0 200 OK\r\n\r\nbody")),
        new("HTTP/1.0 with a length", Get(), AnswersAndCloses("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody")),
        new(
            "HTTP/1.0 that keeps its backend connection",
            Get(),
            Answers("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nbody")),
        new("Backend closes after a length", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody")),
        new("Backend closes without saying so", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")),
        new(
            "Backend closes after chunks",
            Get(),
            AnswersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nbody\r\n0\r\n\r\n")),
        new("More than its length", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbodyEXTRA")),
        new("A second response nobody asked for", Get(), AnswersAndCloses(Ok + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON")),
        new(
            "Body of a 204",
            Get(),
            AnswersAndCloses("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody"))
            {
                Differs = "bodyless-length",
                Ours = "HTTP/1.1 204 No Content\n\n\n(kept)",
            },
        new("Body of a 304", Get(), AnswersAndCloses("HTTP/1.1 304 Not Modified\r\n\r\nbody")),
        new("Body of an answer to HEAD", "HEAD / HTTP/1.1\r\n@\r\n", AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")),

        new(
            "Length and chunked in a response",
            Get(),
            AnswersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n4\r\nbody\r\n0\r\n\r\n"))
        {
            Differs = "strict-framing", Ours = "HTTP/1.1 502 ",
        },
        new("Two lengths in a response", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody")),
        new("The same length twice", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody")),
        new("Response length that is no number", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: four\r\n\r\nbody")),
        new("Response length below zero", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nbody")),
        new(
            "Response coding nobody knows",
            Get(),
            AnswersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"))
        {
            Differs = "strict-framing", Ours = "HTTP/1.1 502 ",
        },
        new("Chunked in HTTP/1.0", Get(), AnswersAndCloses(
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")) { Differs = "strict-framing", Ours = "HTTP/1.1 502 " },
        new(
            "Chunk size that is no number",
            Get(),
            AnswersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\nbody\r\n0\r\n\r\n")) { BreaksOff = true },
        new(
            "Chunk without its end",
            Get(),
            AnswersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbodyX\r\n0\r\n\r\n")) { BreaksOff = true },
        new(
            "Broken chunk behind a good one",
            Get(),
            AnswersInPieces("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n", "zz\r\n")) { BreaksOff = true },
        new(
            "Trailer that is no field",
            Get(),
            AnswersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nnope\r\n\r\n")) { BreaksOff = true },
    ];
}
