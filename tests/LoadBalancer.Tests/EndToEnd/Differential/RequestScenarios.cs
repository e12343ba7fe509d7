using static AspireLB.LoadBalancer.Tests.EndToEnd.Differential.Scenarios;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>Methods, targets and header fields of requests as they arrive.</summary>
internal static class RequestScenarios
{
    public static IEnumerable<Scenario> All =>
    [
        new("GET", Get(), Echoes),
        new("HEAD", "HEAD / HTTP/1.1\r\n@\r\n", Answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\n\r\n")),
        new("HEAD without a length", "HEAD / HTTP/1.1\r\n@\r\n", Answers("HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n")),
        new("HEAD answered as chunked", "HEAD / HTTP/1.1\r\n@\r\n", Answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")),
        new("OPTIONS", "OPTIONS / HTTP/1.1\r\n@\r\n", Echoes),
        new("DELETE without a body", "DELETE /x HTTP/1.1\r\n@\r\n", Echoes),
        new("PUT without a body", "PUT /x HTTP/1.1\r\n@Content-Length: 0\r\n\r\n", Echoes),
        new("PATCH with a body", "PATCH /x HTTP/1.1\r\n@Content-Length: 2\r\n\r\nhi", Echoes),
        new("TRACE", "TRACE / HTTP/1.1\r\n@\r\n", Echoes) { Differs = "no-length", Ours = "TRACE / HTTP/1.1\nhost" },
        new("Method nobody knows", "PURGE /x HTTP/1.1\r\n@\r\n", Echoes) { Differs = "no-length", Ours = "PURGE /x HTTP/1.1\nhost" },
        new("Method in lower case", "get / HTTP/1.1\r\n@\r\n", Echoes) { Differs = "method-case", Ours = "get / HTTP/1.1" },
        new("GET with a body", "GET / HTTP/1.1\r\n@Content-Length: 2\r\n\r\nhi", Echoes),
        new("DELETE with a body", "DELETE / HTTP/1.1\r\n@Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", Echoes),

        new("Query", Get("/a/b?x=1&y=%20z&&="), Echoes),
        new("Empty query", Get("/a?"), Echoes),
        new("Escaped slash", Get("/a%2Fb"), Echoes) { Differs = "target-as-sent", Ours = "GET /a%2Fb HTTP/1.1" },
        new("Escaped letter", Get("/%61bc"), Echoes) { Differs = "target-as-sent", Ours = "GET /%61bc HTTP/1.1" },
        new("Escapes in small letters", Get("/caf%c3%a9"), Echoes) { Differs = "target-as-sent", Ours = "GET /caf%c3%a9 HTTP/1.1" },
        new("Escapes that are UTF-8", Get("/caf%C3%A9"), Echoes),
        new("Escapes that are not UTF-8", Get("/caf%E9"), Echoes) { Differs = "target-as-sent", Ours = "GET /caf%E9 HTTP/1.1" },
        new("Dot segments", Get("/a/./b/../c"), Echoes) { Differs = "target-as-sent", Ours = "GET /a/./b/../c HTTP/1.1" },
        new("Escaped dot segments", Get("/a/%2e%2e/c"), Echoes) { Differs = "target-as-sent", Ours = "GET /a/%2e%2e/c HTTP/1.1" },
        new("Empty segments", Get("//a//b/"), Echoes),
        new("Semicolon, plus and other signs", Get("/a;v=1/b+c,d:e@f!$'(*)~"), Echoes),
        new("Brackets and bars", Get("/a[1]|b^{c}"), Echoes) { Differs = "target-as-sent", Ours = "GET /a[1]|b^{c} HTTP/1.1" },
        new("Long target", Get("/" + new string('a', 6000)), Echoes),
        new("Absolute form", "GET http://front.test/x?y HTTP/1.1\r\n@\r\n", Echoes),
        new("Asterisk form", "OPTIONS * HTTP/1.1\r\n@\r\n", Echoes) { Differs = "target-as-sent", Ours = "OPTIONS * HTTP/1.1" },

        new("Field with several lines", Get(fields: "X-A: 1\r\nX-A: 2\r\n"), Echoes) { Differs = "field-lines", Ours = "x-a: 1\nx-a: 2\n" },
        new(
            "Cookie with several lines",
            Get(fields: "Cookie: a=1\r\nCookie: b=2\r\n"),
            Echoes) { Differs = "field-lines", Ours = "cookie: a=1\ncookie: b=2\n" },
        new("Empty field", Get(fields: "X-Empty:\r\n"), Echoes),
        new("White space around a value", Get(fields: "X-A: \t padded \t \r\n"), Echoes),
        new("Bytes above 127", Get(fields: "X-A: caf\u00e9\r\n"), Echoes),
        new("Long field", Get(fields: $"X-A: {new string('a', 12_000)}\r\n"), Echoes),
        new("Many fields", Get(fields: string.Concat(Enumerable.Range(10, 80).Select(i => $"X-{i}: {i}\r\n"))), Echoes),
        new(
            "Common fields",
            Get(fields: "Accept: */*\r\nAccept-Encoding: gzip, br\r\nUser-Agent: any/1.0 (x; y)\r\nReferer: http://a/\r\n"
                + "If-None-Match: \"a\", W/\"b\"\r\nRange: bytes=0-5\r\n"),
            Echoes),
        new("Authorization and cookies", Get(fields: "Authorization: Bearer abc==\r\nCookie: a=1; b=\"2\"\r\n"), Echoes),
        new(
            "Hop-by-hop fields",
            Get(fields: "Keep-Alive: timeout=5\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\n"
                + "Proxy-Authorization: Basic eA==\r\nUpgrade: h2c\r\n"),
            Echoes),
        new(
            "Nominated field",
            Get(fields: "Connection: X-Secret\r\nX-Secret: 1\r\n"),
            Echoes) { Differs = "nominated", Ours = "x-forwarded-proto: http\n\n" },
        new("Nominated field on a line of its own", Get(fields: "Connection: keep-alive\r\nConnection: X-Secret\r\nX-Secret: 1\r\n"), Echoes)
        {
            Differs = "nominated", Ours = "x-forwarded-proto: http\n\n",
        },
        new(
            "Forwarded fields of the client's own making",
            Get(fields: "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: a\r\n"),
            Echoes),
        new("Forwarded", Get(fields: "Forwarded: for=1.2.3.4\r\n"), Echoes),
        new("Field with a bare line feed", Get(fields: "X-A: 1\nX-B: 2\r\n"), Echoes),
        new("Field folded", Get(fields: "X-A: 1\r\n folded\r\n"), Echoes),
        new("Field without a colon", Get(fields: "X-A\r\n"), Echoes),
        new("Field with NUL", Get(fields: "X-A: 1\0\r\n"), Echoes),
        new("Field name with a space", Get(fields: "X A: 1\r\n"), Echoes),
        new("Two hosts", "GET / HTTP/1.1\r\n@Host: other.test\r\n\r\n", Echoes),
        new("No host", "GET / HTTP/1.1\r\nX-A: 1\r\n\r\n", Echoes),
        new("HTTP/1.0", "GET / HTTP/1.0\r\n@\r\n", Echoes),
        new("HTTP/1.0 that keeps its connection", "GET / HTTP/1.0\r\n@Connection: keep-alive\r\n\r\n", Echoes),
        new("HTTP/1.1 that closes its connection", Get(fields: "Connection: close\r\n"), Echoes),
        new("HTTP/1.2", "GET / HTTP/1.2\r\n@\r\n", Echoes),
        new("Not HTTP", "hello\r\n\r\n", Echoes),
        new("Head in single bytes", "", Echoes)
        {
            Client = async client =>
            {
                foreach (var c in "GET /slow HTTP/1.1\r\n")
                    await client.SendAsync(c.ToString());
                await client.SendAsync("@\r\n");
            },
        },
        new("Requests one behind the other", Get("/1") + Get("/2"), Echoes)
        {
            Client = async client =>
            {
                await client.SendAsync(Get("/1") + Get("/2"));
                await client.ReadResponseAsync(isHead: false);
            },
        },
    ];
}
