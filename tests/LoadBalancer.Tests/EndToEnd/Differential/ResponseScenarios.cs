using static AspireLB.LoadBalancer.Tests.EndToEnd.Differential.Scenarios;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>Statuses and header fields of responses.</summary>
internal static class ResponseScenarios
{
    private static readonly int[] Statuses = [201, 202, 206, 301, 307, 400, 401, 404, 418, 451, 500, 502, 503, 599];

    public static IEnumerable<Scenario> All =>
    [
        .. Statuses.Select(status => new Scenario(
            $"Status {status}",
            Get(),
            Answers($"HTTP/1.1 {status} Because\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nok"))),
        new("Status 204", Get(), Answers("HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n")),
        new("Status 204 of length 0", Get(), Answers("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")),
        new("Status 205", Get(), Answers("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n")),
        new("Status 304", Get(), Answers("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n")),
        new("Status 304 with the length there would be", Get(), Answers("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 5\r\n\r\n")),
        new("Status 304 to HEAD", "HEAD / HTTP/1.1\r\n@\r\n", Answers("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n")),
        new("Redirect", Get(), Answers("HTTP/1.1 302 Found\r\nLocation: /there?x=%20\r\nContent-Length: 0\r\n\r\n")),
        new("Reason missing", Get(), Answers("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok")),
        new("Reason empty", Get(), Answers("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok")),
        new("Reason of one's own", Get(), Answers("HTTP/1.1 200 Fine by me\r\nContent-Length: 2\r\n\r\nok")),
        new("Reason beyond ASCII", Get(), Answers("HTTP/1.1 200 D'accord \u00e9\r\nContent-Length: 2\r\n\r\nok")),

        new("Interim 100 unasked", Get(), Answers("HTTP/1.1 100 Continue\r\n\r\n" + Ok)),
        new("Interim 103", Get(), Answers("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + Ok)),
        new("Interim 102 twice", Get(), Answers("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + Ok)),
        new("Interim of a number nobody knows", Get(), Answers("HTTP/1.1 199 Hm\r\n\r\n" + Ok)),
        new("Switch that nobody asked for", Get(), Answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"))
        {
            Differs = "unasked-switch", Ours = "HTTP/1.1 502 ",
        },

        new(
            "Fields of all kinds",
            Get(),
            Answers("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nCache-Control: no-store\r\n"
                + "ETag: W/\"x\"\r\nServer: theirs\r\nVary: *\r\n\r\nok")),
        new("Cookies", Get(), Answers(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nok")),
        new("Response field with several lines", Get(), Answers("HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 0\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nok")),
        new("Response field that is empty", Get(), Answers("HTTP/1.1 200 OK\r\nX-A:\r\nContent-Length: 2\r\n\r\nok")),
        new("Response field beyond ASCII", Get(), Answers("HTTP/1.1 200 OK\r\nX-A: caf\u00e9\r\nContent-Length: 2\r\n\r\nok")),
        new("Response field with much white space", Get(), Answers("HTTP/1.1 200 OK\r\nX-A: \t a  b \t\r\nContent-Length:\t2\r\n\r\nok")),
        new("Space before the colon", Get(), Answers("HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 2\r\n\r\nok")),
        new("Response field that is long", Get(), Answers($"HTTP/1.1 200 OK\r\nX-A: {new string('a', 20_000)}\r\nContent-Length: 2\r\n\r\nok")),
        new(
            "Many response fields",
            Get(),
            Answers($"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Range(100, 200).Select(i => $"X-{i}: {i}\r\n"))}Content-Length: 2\r\n\r\nok")),
        new("Hop-by-hop response fields", Get(), Answers(
            "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nAlt-Svc: h3\r\nContent-Length: 2\r\n\r\nok")),
        new("Nominated response field", Get(), Answers("HTTP/1.1 200 OK\r\nConnection: X-Secret\r\nX-Secret: 1\r\nContent-Length: 2\r\n\r\nok"))
        {
            Differs = "nominated", Ours = "HTTP/1.1 200 OK\ncontent-length: 2\n\nok",
        },
        new("Date of the backend", Get(), Answers("HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\nContent-Length: 2\r\n\r\nok")),
        new("Head in single bytes from the backend", Get(), AnswersInPieces("H", "TTP/1.1 2", "00 OK\r", "\nContent-Length: 2\r\n\r", "\n", "ok")),
        new("Empty lines before the status line", Get(), Answers("\r\n\r\n" + Ok)),
        new("Status line of HTTP/1.0", Get(), AnswersAndCloses("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")),
        new("Status line of HTTP/2", Get(), AnswersAndCloses("HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok")),
        new(
            "Status line of HTTP/1.2",
            Get(),
            AnswersAndCloses("HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok")) { Differs = "strict-head", Ours = "HTTP/1.1 502 " },
        new("Status of two digits", Get(), AnswersAndCloses("HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok")),
        new(
            "Response field folded",
            Get(),
            AnswersAndCloses(
                "HTTP/1.1 200 OK\r\nX-A: 1\r\n folded\r\nContent-Length: 2\r\n\r\nok")) { Differs = "strict-head", Ours = "HTTP/1.1 502 " },
        new(
            "Response field with NUL",
            Get(),
            AnswersAndCloses("HTTP/1.1 200 OK\r\nX-A: 1\0\r\nContent-Length: 2\r\n\r\nok")) { Differs = "strict-head", Ours = "HTTP/1.1 502 " },
        new(
            "Lines that end in a bare line feed",
            Get(),
            AnswersAndCloses("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")) { Differs = "strict-head", Ours = "HTTP/1.1 502 " },
        new("Response field without a colon", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nX-A\r\nContent-Length: 2\r\n\r\nok")),
        new("Not an answer in HTTP", Get(), AnswersAndCloses("SSH-2.0-OpenSSH_9.2\r\n")),
        new(
            "Response head that is too long",
            Get(),
            AnswersAndCloses($"HTTP/1.1 200 OK\r\nX-A: {new string('a', 70_000)}\r\nContent-Length: 2\r\n\r\nok")),
    ];
}
