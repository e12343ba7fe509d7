using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>What a backend does with one request; false where its connection ends with it.</summary>
internal delegate Task<bool> BackendScript(Turn turn);

/// <summary>What a client does until it reads the response.</summary>
internal delegate Task ClientScript(ResponseReader client);

/// <summary>One exchange, to be had through each path.</summary>
/// <param name="Name">Says what is tried.</param>
/// <param name="Request">Sent as it is, but that <c>@</c> stands for the fields every request has.</param>
/// <param name="Backend">Answers it.</param>
internal sealed record Scenario(string Name, string Request, BackendScript Backend)
{
    /// <summary>Key of the reason in docs/data-path.md where the paths are meant to differ.</summary>
    public string? Differs { get; init; }

    /// <summary>What our path's result contains where they differ.</summary>
    public string? Ours { get; init; }

    /// <summary>What the client does instead of sending the request in one piece.</summary>
    public ClientScript? Client { get; init; }

    /// <summary>Whether the client may lose its connection or not, as chance has it: a body that nobody wants is under way.</summary>
    public bool EndIsOpen { get; init; }

    /// <summary>
    /// Whether the response breaks off after its head, as one that may have reached the client already or not: it gets a part that it knows to be one, or 502.
    /// </summary>
    public bool BreaksOff { get; init; }

    /// <summary>Whether there is nothing to read: the client has gone.</summary>
    public bool ClientLeaves { get; init; }

    public bool IsHead => Request.StartsWith("HEAD ", StringComparison.Ordinal);

    public override string ToString() => Name;
}

/// <summary>A scenario through one path: what the backend tells about it.</summary>
internal sealed class Run(Scenario scenario, int id)
{
    private readonly List<string> _notes = [];

    public Scenario Scenario => scenario;

    /// <summary>Fields by which the backend knows the run again.</summary>
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
        return FieldValue("Content-Length") is { } length ? await Connection.ReadAsync(int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)) : "";
    }

    /// <summary>Request line and fields in an order of their own, then the body: what of a request arrives, whatever the order it was written in.</summary>
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
