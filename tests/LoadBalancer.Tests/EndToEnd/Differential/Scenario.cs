using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>Handles one request at the backend; false if the connection closes after it.</summary>
internal delegate Task<bool> BackendScript(Turn turn);

/// <summary>Acts as the client until the response is read.</summary>
internal delegate Task ClientScript(ResponseReader client);

/// <summary>One exchange, performed through each path.</summary>
/// <param name="Name">Describes the scenario.</param>
/// <param name="Request">Sent unchanged, except that <c>@</c> stands for the fields of every request.</param>
/// <param name="Backend">Responds to it.</param>
internal sealed record Scenario(string Name, string Request, BackendScript Backend)
{
    /// <summary>Key of the reason in docs/data-path.md if the paths differ on purpose.</summary>
    public string? Differs { get; init; }

    /// <summary>What the result of AspireLB's path contains if they differ.</summary>
    public string? Ours { get; init; }

    /// <summary>What the client does instead of sending the request in one piece.</summary>
    public ClientScript? Client { get; init; }

    /// <summary>Whether the client may or may not lose its connection, depending on timing: an unread body is in flight.</summary>
    public bool EndIsOpen { get; init; }

    /// <summary>
    /// Whether the response breaks off after its head, which may or may not have reached the client: it gets an incomplete response, or 502.
    /// </summary>
    public bool BreaksOff { get; init; }

    /// <summary>Whether there is no response to read, because the client has closed.</summary>
    public bool ClientLeaves { get; init; }

    public bool IsHead => Request.StartsWith("HEAD ", StringComparison.Ordinal);

    public override string ToString() => Name;
}

/// <summary>A scenario through one path, with what the backend records.</summary>
internal sealed class Run(Scenario scenario, int id)
{
    private readonly List<string> _notes = [];

    public Scenario Scenario => scenario;

    /// <summary>Fields by which the backend identifies the run.</summary>
    public string Fields => $"Host: front.test\r\nX-Run: {id}\r\n";

    public TaskCompletionSource BackendDone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_notes)
                return [.. _notes];
        }
    }

    public void Note(string text)
    {
        lock (_notes)
            _notes.Add(text);
    }

    public string Expand(string text) => text.Replace("@", Fields, StringComparison.Ordinal);
}

/// <summary>One request at the backend.</summary>
internal sealed record Turn(ScriptedConnection Connection, string Head, Run Run)
{
    public ValueTask SendAsync(string text) => Connection.SendAsync(text);

    /// <summary>The request's body, decoded.</summary>
    public async Task<string> ReadBodyAsync()
    {
        if (Head.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase))
            return Chunks.Decode(await Connection.ReadToLastChunkAsync());
        return FieldValue("Content-Length") is { } length ? await Connection.ReadAsync(int.Parse(
            length,
            System.Globalization.CultureInfo.InvariantCulture)) : "";
    }

    /// <summary>
    /// Request line and sorted fields, then the body: the request as it arrived, independent of the order of fields.
    /// </summary>
    public async Task<string> DescribeAsync()
    {
        var lines = Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var fields = lines[1..].Select(line => line[..line.IndexOf(':')].ToLowerInvariant() + line[line.IndexOf(':')..])
            .Where(line => !line.StartsWith("x-run:", StringComparison.Ordinal) && !line.StartsWith("trace", StringComparison.Ordinal))
            .OrderBy(line => line[..line.IndexOf(':')], StringComparer.Ordinal);
        return string.Join('\n', [lines[0], .. fields, "", await ReadBodyAsync()]);
    }

    private string? FieldValue(string name) => Head.Split("\r\n")
        .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
