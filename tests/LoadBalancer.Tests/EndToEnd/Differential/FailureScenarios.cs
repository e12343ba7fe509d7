using static AspireLB.LoadBalancer.Tests.EndToEnd.Differential.Scenarios;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>Backends that close or stay silent at each point of an exchange.</summary>
internal static class FailureScenarios
{
    private const string Impatient = "/impatient/";
    private const string WithLength = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n";

    public static IEnumerable<Scenario> All =>
    [
        new("Closed without a byte", Get(), AnswersAndCloses("")),
        new("Reset without a byte", Get(), AnswersAndResets("")),
        new("Closed without a byte after a body", Post("Content-Length: 5\r\n", "hello"), AnswersAndCloses("")),
        new("Closed within the status line", Get(), AnswersAndCloses("HTTP/1.1 2")),
        new("Closed within a field", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-")),
        new("Closed before the head's last line feed", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r")),
        new("Reset within the head", Get(), AnswersAndResets("HTTP/1.1 200 OK\r\n")),
        new("Closed after an interim response", Get(), AnswersAndCloses("HTTP/1.1 103 Early Hints\r\n\r\n")),
        new("Closed within the body", Get(), AnswersAndCloses(WithLength)) { BreaksOff = true },
        new("Reset within the body", Get(), AnswersAndResets(WithLength)) { BreaksOff = true },
        new("Closed within a chunked body", Get(), AnswersAndCloses(Chunked)) { BreaksOff = true },
        new("Closed within a chunk", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\npart")) { BreaksOff = true },
        new("Closed within a chunk's size", Get(), AnswersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4")) { BreaksOff = true },
        new("Closed before the last chunk's last line", Get(), AnswersAndCloses(Chunked + "0\r\n")) { BreaksOff = true },
        new("Closed within the trailers", Get(), AnswersAndCloses(Chunked + "0\r\nX-Sum: 1\r\n")) { BreaksOff = true },
        new("Reset within a chunked body", Get(), AnswersAndResets(Chunked)) { BreaksOff = true },
        new("Reset within a body until close", Get(), AnswersAndResets("HTTP/1.1 200 OK\r\n\r\npart")) { BreaksOff = true },
        new("Reset right after the head", Get(), AnswersAndResets("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")) { BreaksOff = true },

        new("Nothing in time", Get(Impatient), AnswersAndStalls("")),
        new("Nothing in time after a body", $"POST {Impatient} HTTP/1.1\r\n@Content-Length: 5\r\n\r\nhello", AnswersAndStalls("")),
        new("Half a head in time", Get(Impatient), AnswersAndStalls("HTTP/1.1 200 OK\r\nX-A: ")),
        new("Half a body in time", Get(Impatient), AnswersAndStalls(WithLength)) { BreaksOff = true },
        new("Half a chunked body in time", Get(Impatient), AnswersAndStalls(Chunked)) { BreaksOff = true },
        new("An interim response and nothing more in time", Get(Impatient), AnswersAndStalls("HTTP/1.1 102 Processing\r\n\r\n")),
        new("Half of the client's body in time", "", WaitsForTheEnd())
        {
            EndIsOpen = true,
            Client = client => client.SendAsync($"POST {Impatient} HTTP/1.1\r\n@Content-Length: 100\r\n\r\npart"),
        },
    ];
}
