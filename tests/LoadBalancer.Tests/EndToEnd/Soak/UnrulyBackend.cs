using System.Globalization;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Soak;

/// <summary>
/// A backend that returns the id of most requests in various forms, and at times closes, stalls, resets or responds too early.
/// </summary>
internal sealed class UnrulyBackend : IAsyncDisposable
{
    public const string HealthPath = "/health";
    public const int LargeBytes = 100_000;

    private readonly Random _random;
    private readonly ScriptedBackend _backend;

    public UnrulyBackend(int seed)
    {
        _random = new(seed);
        _backend = new(ServeAsync);
    }

    public string Url => _backend.Url;

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    /// <summary>The body that belongs to an id and a size.</summary>
    public static string BodyOf(string id, int bytes) => string.Concat(Enumerable.Repeat(id + ";", (bytes / (id.Length + 1)) + 1))[..bytes];

    private async Task ServeAsync(ScriptedConnection connection)
    {
        while (await connection.ReadHeadAsync() is { } head)
        {
            if (head.StartsWith($"GET {HealthPath} ", StringComparison.Ordinal))
                await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            else if (!await AnswerAsync(connection, head))
                return;
        }
    }

    private async Task<bool> AnswerAsync(ScriptedConnection connection, string head)
    {
        var id = Field(head, "X-Id") ?? "none";
        var length = int.Parse(Field(head, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
        var whim = Next(100);
        if (whim < 3)
        {
            // Respond before reading the body, then close.
            await connection.SendAsync(Answer(id, 20));
            return false;
        }

        await connection.ReadAsync(length);
        switch (whim)
        {
            case < 5:
                return false;
            case < 7:
                connection.Reset();
                return false;
            case < 8:
                await connection.WaitForCloseAsync();
                return false;
            case < 10:
                await connection.SendAsync(Answer(id, LargeBytes)[..(LargeBytes / 2)]);
                return false;
            case < 11:
                await connection.SendAsync(Answer(id, LargeBytes)[..(LargeBytes / 2)]);
                connection.Reset();
                return false;
            case < 15:
                await connection.SendAsync(Answer(id, 50));
                return false;
            case < 35:
                await connection.SendAsync(Answer(id, LargeBytes));
                return true;
            case < 60:
                var body = BodyOf(id, 3000);
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nX-Id: {id}\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n{body[..1000]}\r\n");
                await connection.SendAsync($"7d0;x=y\r\n{body[1000..]}\r\n0\r\nX-Sum: 1\r\n\r\n");
                return true;
            default:
                await connection.SendAsync(Answer(id, 50));
                return true;
        }
    }

    private static string Answer(string id, int bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nX-Id: {id}\r\nContent-Length: {bytes}\r\n\r\n{BodyOf(id, bytes)}");

    private static string? Field(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : head[(at + name.Length + 4)..].Split('\r')[0];
    }

    private int Next(int below)
    {
        lock (_random)
            return _random.Next(below);
    }
}
