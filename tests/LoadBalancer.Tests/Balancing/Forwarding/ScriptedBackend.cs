using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>A backend on a real socket that does to each connection what the test says, byte by byte.</summary>
internal sealed class ScriptedBackend : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ScriptedConnection, Task> _script;
    private readonly Func<Stream, Task<Stream>>? _secure;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private int _count;

    /// <param name="script">What is done to each connection.</param>
    /// <param name="endPoint">Where to listen; on a port of its own of 127.0.0.1 where nothing is said.</param>
    /// <param name="secure">Puts something on top of a connection, such as TLS, before the script has it.</param>
    public ScriptedBackend(Func<ScriptedConnection, Task> script, EndPoint? endPoint = null, Func<Stream, Task<Stream>>? secure = null)
    {
        _script = script;
        _secure = secure;
        endPoint ??= new IPEndPoint(IPAddress.Loopback, 0);
        _listener = endPoint is UnixDomainSocketEndPoint
            ? new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(endPoint);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndPoint}";

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _count);

    /// <summary>Answers every request on every connection with the same bytes.</summary>
    public static ScriptedBackend Answering(string response) => new(async connection =>
    {
        while (await connection.ReadHeadAsync() is not null)
            await connection.SendAsync(response);
    });

    /// <summary>Answers one request with the bytes and closes the connection.</summary>
    public static ScriptedBackend AnsweringOnce(string response) => new(async connection =>
    {
        await connection.ReadHeadAsync();
        await connection.SendAsync(response);
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] connections;
        lock (_connections)
            connections = [.. _connections];
        await Task.WhenAll(connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _count);
                lock (_connections)
                    _connections.Add(RunAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped, while it waited or between two connections.
        }
    }

    private async Task RunAsync(Socket client)
    {
        using (client)
        {
            try
            {
                if (client.AddressFamily != AddressFamily.Unix)
                    client.NoDelay = true;
                var number = Connections;
                Stream stream = new NetworkStream(client);
                if (_secure is not null)
                    stream = await _secure(stream);
                await _script(new ScriptedConnection(client, stream, number, _stop.Token));
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException or AuthenticationException)
            {
                // The other side closed, or the test is over.
            }
        }
    }
}

/// <summary>One connection that a script deals with.</summary>
internal sealed class ScriptedConnection(Socket client, Stream stream, int number, CancellationToken stop)
{
    private readonly List<byte> _read = [];
    private readonly (EndPoint? Own, EndPoint? Peer) _ends = (client.LocalEndPoint, client.RemoteEndPoint);

    /// <summary>1 for the backend's first connection.</summary>
    public int Number => number;

    /// <summary>Reads up to and with the empty line; null at the end of the stream.</summary>
    public async Task<string?> ReadHeadAsync()
    {
        int end;
        while ((end = IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync())
                return null;
        }

        return Take(end + 4);
    }

    public async Task<string> ReadAsync(int bytes)
    {
        while (_read.Count < bytes)
        {
            if (!await FillAsync())
                throw new IOException($"The stream ended after {_read.Count} of {bytes} bytes.");
        }

        return Take(bytes);
    }

    /// <summary>Reads a chunked body, framing included.</summary>
    public async Task<string> ReadToLastChunkAsync()
    {
        int end;
        while ((end = IndexOf("0\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync())
                throw new IOException("The stream ended within a chunked body.");
        }

        return Take(end + 5);
    }

    public ValueTask SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public ValueTask SendAsync(byte[] bytes) => stream.WriteAsync(bytes, stop);

    /// <summary>Waits until the other side closes. True where it ended without a reset.</summary>
    public async Task<bool> WaitForCloseAsync()
    {
        try
        {
            while (await FillAsync())
                _read.Clear();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Ends the connection in order: says so, and reads on until the other side has closed too. To close at once would be a reset where another
    /// request is under way already (RFC 9112, section 9.6).
    /// </summary>
    public async Task CloseAsync()
    {
        client.Shutdown(SocketShutdown.Send);
        await WaitForCloseAsync();
    }

    /// <summary>Waits until the test is over.</summary>
    public Task StallAsync() => Task.Delay(Timeout.Infinite, stop);

    /// <summary>Ends the connection by a reset rather than an orderly close.</summary>
    public void Reset()
    {
        client.LingerState = new(true, 0);
        client.Close();
    }

    /// <summary>The same, and waits until the other side's kernel knows of it: it may take its time.</summary>
    public void ResetAndArrive()
    {
        Reset();
        Assert.True(SpinWait.SpinUntil(
            () => !IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Any(open => open.RemoteEndPoint.Equals(_ends.Own) && open.LocalEndPoint.Equals(_ends.Peer)),
            TimeSpan.FromSeconds(30)));
    }

    private int IndexOf(ReadOnlySpan<byte> text) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_read).IndexOf(text);

    private string Take(int bytes)
    {
        var text = Encoding.Latin1.GetString(_read[..bytes].ToArray());
        _read.RemoveRange(0, bytes);
        return text;
    }

    private async Task<bool> FillAsync()
    {
        var buffer = new byte[16 * 1024];
        var read = await stream.ReadAsync(buffer, stop);
        _read.AddRange(buffer.AsSpan(0, read));
        return read > 0;
    }
}
