using System.Collections.Concurrent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Hostile;

/// <summary>
/// HostileProxy is a proxy before a backend that responds to <c>/</c> with the request's id, and to any other path with the hostile response of
/// that name.
/// </summary>
public sealed class HostileProxy : IAsyncLifetime
{
    private readonly ConcurrentDictionary<int, ScriptedConnection> _connections = new();
    private readonly ScriptedBackend _backend;
    private ForwardingProxy? _proxy;

    public HostileProxy() => _backend = new(ServeAsync);

    public async ValueTask InitializeAsync() => _proxy = await ForwardingProxy.StartAsync(_backend.Url);

    public async ValueTask DisposeAsync()
    {
        await _proxy!.DisposeAsync();
        await _backend.DisposeAsync();
    }

    internal Task<RawClient> ConnectAsync() => _proxy!.ConnectAsync();

    /// <summary>Makes the backend send bytes on an idle connection.</summary>
    internal async Task SendUnaskedAsync(int connection, string text) => await _connections[connection].SendAsync(text);

    // The backend continues after every response: a proxy that still used the connection would get responses.
    private async Task ServeAsync(ScriptedConnection connection)
    {
        _connections[connection.Number] = connection;
        while (await connection.ReadHeadAsync() is { } head)
        {
            var name = Uri.UnescapeDataString(head.Split(' ')[1][1..]);
            if (name.Length > 0)
            {
                await connection.SendAsync(HostileResponses.All[name].Response);
                continue;
            }

            var body = $"{head.Split("X-Id: ")[1].Split('\r')[0]} {connection.Number} END";
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }
    }
}
