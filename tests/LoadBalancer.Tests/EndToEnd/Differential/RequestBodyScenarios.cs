using static AspireLB.LoadBalancer.Tests.EndToEnd.Differential.Scenarios;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>Request bodies: framing, <c>Expect</c>, and clients that send less than announced.</summary>
internal static class RequestBodyScenarios
{
    private static readonly string Large = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i,9}|"));

    public static IEnumerable<Scenario> All =>
    [
        new("POST with a length", Post("Content-Length: 5\r\n", "hello"), Echoes),
        new("POST of length 0", Post("Content-Length: 0\r\n", ""), Echoes),
        new("POST without a body", Post("", ""), Echoes),
        new("POST chunked", Post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), Echoes),
        new("POST chunked, empty", Post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), Echoes),
        new("POST chunked with extensions", Post("Transfer-Encoding: chunked\r\n", "5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n"), Echoes),
        new("POST chunked with trailers", Post("Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n", "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"), Echoes),
        new("POST chunked, sizes in capitals with zeros", Post("Transfer-Encoding: chunked\r\n", "00A\r\n0123456789\r\n0\r\n\r\n"), Echoes),
        new("POST large with a length", Post($"Content-Length: {Large.Length}\r\n", Large), Echoes),
        new("POST large chunked", Post("Transfer-Encoding: chunked\r\n", $"{Large.Length:x}\r\n{Large}\r\n0\r\n\r\n"), Echoes),
        new("POST in pieces", "", Echoes)
        {
            Client = async client =>
            {
                await client.SendAsync(Post("Content-Length: 6\r\n", "on"));
                await Task.Delay(30);
                await client.SendAsync("e,");
                await Task.Delay(30);
                await client.SendAsync("tw");
            },
        },
        new("POST of a form", Post(
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\nContent-Language: de\r\nContent-Encoding: identity\r\n",
            "a=1&b=2"), Echoes),

        new("Length and chunked together", Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"), Echoes),
        new("Two lengths", Post("Content-Length: 2\r\nContent-Length: 3\r\n", "hi!"), Echoes),
        new("Length that is no number", Post("Content-Length: two\r\n", "hi"), Echoes),
        new("Negative length", Post("Content-Length: -2\r\n", "hi"), Echoes),
        new("Coding nobody knows", Post("Transfer-Encoding: gzip\r\n", "hi"), Echoes),
        new("Chunk without a size", Post("Transfer-Encoding: chunked\r\n", "nope\r\n"), WaitsForTheEnd()),
        new("Chunk longer than its size", Post("Transfer-Encoding: chunked\r\n", "2\r\nhello\r\n0\r\n\r\n"), WaitsForTheEnd()),
        new("Chunk size that is too large", Post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"), WaitsForTheEnd()),

        new("Expect, and the backend wants the body", "", async turn =>
        {
            await turn.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            return await Echoes(turn);
        })
        {
            Client = async client =>
            {
                await client.SendAsync(Post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""));
                await client.ReadInterimAsync();
                await client.SendAsync("hello");
            },
        },
        new("Expect, and the backend says nothing", "", Echoes)
        {
            Client = async client =>
            {
                await client.SendAsync(Post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""));
                await client.ReadInterimAsync();
                await client.SendAsync("hello");
            },
        },
        new("Expect, and the backend refuses", Post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""), async turn =>
        {
            await turn.SendAsync("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno");
            return false;
        })
        {
            EndIsOpen = true, Differs = "early-answer", Ours = "HTTP/1.1 417 Expectation Failed\ncontent-length: 2\n\nno",
        },
        new("Expect, and the client does not wait", Post("Expect: 100-continue\r\nContent-Length: 5\r\n", "hello"), async turn =>
        {
            await turn.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            return await Echoes(turn);
        }),
        new(
            "Expect something else",
            Post("Expect: miracles\r\nContent-Length: 2\r\n", "hi"),
            Echoes) { Differs = "expect", Ours = "POST / HTTP/1.1\ncontent-length: 2\nhost" },
        new("Answered before the body is there", "", Answered413)
        {
            EndIsOpen = true, Differs = "early-answer", Ours = "HTTP/1.1 413 ",
            Client = client => client.SendAsync(Post("Content-Length: 1000\r\n", "part")),
        },
        new("Answered before a chunked body is there", "", Answered413)
        {
            EndIsOpen = true, Differs = "early-answer", Ours = "HTTP/1.1 413 ",
            Client = client => client.SendAsync(Post("Transfer-Encoding: chunked\r\n", "4\r\npart\r\n")),
        },

        new("Client goes while the response is awaited", "", NotesTheEnd()) { ClientLeaves = true, Client = LeavesAfter(Get()) },
        new("Client goes within its body", "", NotesTheEnd()) { ClientLeaves = true, Client = LeavesAfter(Post("Content-Length: 100\r\n", "part")) },
        new(
            "Client goes within its chunked body",
            "",
            NotesTheEnd()) { ClientLeaves = true, Client = LeavesAfter(Post("Transfer-Encoding: chunked\r\n", "4\r\npart\r\n")) },
        new(
            "Client goes within a chunk",
            "",
            NotesTheEnd()) { ClientLeaves = true, Client = LeavesAfter(Post("Transfer-Encoding: chunked\r\n", "40\r\npart")) },
        new(
            "Client goes within the response",
            "",
            NotesTheEnd("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart")) { ClientLeaves = true, Client = LeavesWithinResponse },
        new("Client goes within a chunked response", "", NotesTheEnd("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"))
        {
            ClientLeaves = true, Client = LeavesWithinResponse,
        },
        new("Client that says it sends no more", "", NotesTheEnd())
        {
            ClientLeaves = true,
            Client = async client =>
            {
                await client.SendAsync(Get());
                await Task.Delay(200);
                client.FinishSending();
            },
        },
    ];

    private static BackendScript Answered413 { get; } = async turn =>
    {
        await turn.Connection.ReadAsync(4);
        await turn.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        await turn.Connection.WaitForCloseAsync();
        return false;
    };

    private static ClientScript LeavesAfter(string request) => async client =>
    {
        await client.SendAsync(request);
        await Task.Delay(200);
        client.Reset();
    };

    private static ClientScript LeavesWithinResponse { get; } = async client =>
    {
        await client.SendAsync(Get());
        await client.ReadInterimAsync();
        client.Reset();
    };
}
