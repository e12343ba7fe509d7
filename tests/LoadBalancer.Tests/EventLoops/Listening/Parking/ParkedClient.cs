using System.Net.Sockets;
using System.Text;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Listening.Parking;

/// <summary>ParkedClient is one connection to a server that parks. It reads responses whose body is one chunk or has a length.</summary>
internal sealed class ParkedClient : IDisposable
{
    private readonly EventLoopServer _server;
    private readonly StreamReader _reader;

    private ParkedClient(EventLoopServer server, Socket socket)
    {
        _server = server;
        Socket = socket;
        _reader = new(new NetworkStream(socket), Encoding.ASCII);
    }

    public Socket Socket { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ParkedClient> ConnectAsync(EventLoopServer server) => new(server, await server.ConnectAsync());

    public static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n";

    public async Task<string> GetAsync(string path)
    {
        await SendAsync(Get(path));
        return await ReadResponseAsync();
    }

    /// <summary>Makes one request and waits until the connection is parked. It must be the server's first.</summary>
    public async Task ParkAsync()
    {
        await GetAsync("/to-be-parked");
        await Eventually.TrueAsync(() => _server.Ended == 1, Cancellation);
    }

    public async Task SendAsync(string text)
    {
        for (var left = Encoding.ASCII.GetBytes(text).AsMemory(); left.Length > 0;)
            left = left[await Socket.SendAsync(left, Cancellation)..];
    }

    /// <summary>Reads the body of the next response, which must be a 200.</summary>
    public async Task<string> ReadResponseAsync()
    {
        Assert.Equal("HTTP/1.1 200 OK", await _reader.ReadLineAsync(Cancellation));
        var length = -1;
        while (await _reader.ReadLineAsync(Cancellation) is { Length: > 0 } line)
        {
            if (line.StartsWith("Content-Length: ", StringComparison.Ordinal))
                length = int.Parse(line[16..]);
        }

        if (length < 0)
            length = Convert.ToInt32(await _reader.ReadLineAsync(Cancellation), 16);
        else
            return await ReadAsync(length);

        var body = await ReadAsync(length);
        foreach (var end in new[] { "", "0", "" })
            Assert.Equal(end, await _reader.ReadLineAsync(Cancellation));
        return body;
    }

    public async Task<bool> IsEndedAsync() => await _reader.ReadAsync(new char[1], Cancellation) == 0;

    public void Dispose() => Socket.Dispose();

    private async Task<string> ReadAsync(int length)
    {
        var body = new char[length];
        Assert.Equal(length, await _reader.ReadBlockAsync(body, Cancellation));
        return new(body);
    }
}
