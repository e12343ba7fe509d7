using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>ScriptedBackend is a backend on a real socket that runs a test's script on each connection.</summary>
internal sealed class ScriptedBackend : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ScriptedConnection, Task> _script;
    private readonly Func<Stream, Task<Stream>>? _secure;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private int _count;

    /// <param name="script">Runs on each connection.</param>
    /// <param name="endPoint">Where to listen; by default a free port of 127.0.0.1.</param>
    /// <param name="secure">Wraps a connection, in TLS for example, before the script gets it.</param>
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

    /// <summary>Number of connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _count);

    /// <summary>Responds to every request on every connection with the same bytes.</summary>
    public static ScriptedBackend Answering(string response) => new(async connection =>
    {
        while (await connection.ReadHeadAsync() is not null)
            await connection.SendAsync(response);
    });

    /// <summary>Responds to one request with the bytes and closes the connection.</summary>
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
            // The backend was stopped.
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
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException
                or AuthenticationException)
            {
                // The other side closed, or the test has ended.
            }
        }
    }
}

/// <summary>ScriptedConnection is one connection of a script.</summary>
internal sealed class ScriptedConnection(Socket client, Stream stream, int number, CancellationToken stop)
{
    private readonly List<byte> _read = [];
    private readonly (EndPoint? Own, EndPoint? Peer) _ends = (client.LocalEndPoint, client.RemoteEndPoint);

    /// <summary>1 for the backend's first connection.</summary>
    public int Number => number;

    /// <summary>Reads up to and including the empty line; null at the end of the stream.</summary>
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

    /// <summary>Reads a chunked body, including its framing.</summary>
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

    /// <summary>Waits until the other side closes. True if it closed without a reset.</summary>
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
    /// Closes the connection gracefully: shuts down the sending direction, and reads on until the other side has closed too. Closing at once would
    /// be a reset if another request is in transit already (RFC 9112, section 9.6).
    /// </summary>
    public async Task CloseAsync()
    {
        client.Shutdown(SocketShutdown.Send);
        await WaitForCloseAsync();
    }

    /// <summary>Waits until the test ends.</summary>
    public Task StallAsync() => Task.Delay(Timeout.Infinite, stop);

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        client.LingerState = new(true, 0);
        client.Close();
    }

    /// <summary>Resets the connection, and waits until the other side's kernel has received the reset.</summary>
    public void ResetAndArrive()
    {
        Reset();
        Assert.True(SpinWait.SpinUntil(
            () => !IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Any(
                open => open.RemoteEndPoint.Equals(_ends.Own) && open.LocalEndPoint.Equals(_ends.Peer)),
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
