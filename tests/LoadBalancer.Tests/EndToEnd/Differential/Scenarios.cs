using System.Globalization;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>All scenarios, and the helpers that they are written with.</summary>
internal static class Scenarios
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>Reports to the client how its request arrived.</summary>
    public static BackendScript Echoes { get; } = async turn =>
    {
        var text = await turn.DescribeAsync();
        await turn.SendAsync(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}"));
        return true;
    };

    // Declared after the fields that the scenarios use.
    public static IReadOnlyList<Scenario> All { get; } =
        [.. RequestScenarios.All, .. RequestBodyScenarios.All, .. ResponseScenarios.All, .. ResponseBodyScenarios.All, .. FailureScenarios.All];

    public static string Get(string target = "/", string fields = "") => $"GET {target} HTTP/1.1\r\n@{fields}\r\n";

    public static string Post(string fields, string body) => $"POST / HTTP/1.1\r\n@{fields}\r\n{body}";

    /// <summary>Reads the request and responds with these bytes.</summary>
    public static BackendScript Answers(string response) => async turn =>
    {
        await turn.ReadBodyAsync();
        await turn.SendAsync(response);
        return true;
    };

    /// <summary>Reads the request, responds with these bytes, and closes.</summary>
    public static BackendScript AnswersAndCloses(string response) => async turn =>
    {
        await turn.ReadBodyAsync();
        await turn.SendAsync(response);
        await turn.Connection.CloseAsync();
        return false;
    };

    /// <summary>Reads the request, responds with these bytes, and resets the connection.</summary>
    public static BackendScript AnswersAndResets(string response) => async turn =>
    {
        await turn.ReadBodyAsync();
        await turn.SendAsync(response);

        // A reset discards what has not been read yet.
        await Task.Delay(100);
        turn.Connection.Reset();
        return false;
    };

    /// <summary>Reads the request, sends these bytes, and then stays silent.</summary>
    public static BackendScript AnswersAndStalls(string response) => async turn =>
    {
        await turn.ReadBodyAsync();
        await turn.SendAsync(response);
        await turn.Connection.WaitForCloseAsync();
        return false;
    };

    /// <summary>Sends pieces one after the other, each separately.</summary>
    public static BackendScript AnswersInPieces(params string[] pieces) => async turn =>
    {
        await turn.ReadBodyAsync();
        foreach (var piece in pieces)
        {
            await turn.SendAsync(piece);
            await Task.Delay(20);
        }

        return true;
    };

    /// <summary>Waits until the balancer closes the connection. The request may never have reached the backend.</summary>
    public static BackendScript WaitsForTheEnd() => async turn =>
    {
        await turn.Connection.WaitForCloseAsync();
        return false;
    };

    /// <summary>The same for a client that closes, when a test waits for the note.</summary>
    public static BackendScript NotesTheEnd(string response = "") => async turn =>
    {
        await turn.SendAsync(response);
        await turn.Connection.WaitForCloseAsync();
        turn.Run.Note("backend's connection ended");
        return false;
    };
}
