using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace AspireLB.LoadBalancer.Forwarding.Connecting;

/// <summary>What came of opening a connection: the transport and the address it leads to, or what went wrong.</summary>
internal readonly record struct Connected(BackendTransport? Transport, EndPoint? EndPoint, AttemptFailure Failure)
{
    public static Connected Failed(AttemptFailure failure) => new(null, null, failure);
}

/// <summary>Opens connections to one backend: looks its name up, tries its addresses, secures the connection where the scheme is https.</summary>
internal sealed class Connector(BackendAddress address, TlsSettings tls, AddressBook addresses, TimeProvider time)
{
    /// <summary>Time after which the next address is tried beside the ones before it (RFC 8305, section 5).</summary>
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    public async ValueTask<Connected> ConnectAsync(TimeSpan timeout, CancellationToken clientGone)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var both = clientGone.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(timer.Token, clientGone) : null;
        var cancellation = both?.Token ?? timer.Token;
        Socket? socket = null;
        try
        {
            var endPoints = await addresses.GetAsync(cancellation);
            socket = endPoints.Length == 1 ? await OpenAsync(endPoints[0], cancellation) : await RaceAsync(endPoints, cancellation);
            if (socket is null)
                return Connected.Failed(FailureOf(timer, clientGone));

            var endPoint = socket.RemoteEndPoint;
            var transport = address.IsTls ? await SecureAsync(socket, cancellation) : new SocketTransport(socket);
            return new(transport, endPoint, AttemptFailure.None);
        }
        catch (Exception error) when (TlsTransport.IsFailure(error))
        {
            socket?.Dispose();
            return Connected.Failed(FailureOf(timer, clientGone));
        }
    }

    private static AttemptFailure FailureOf(CancellationTokenSource timer, CancellationToken clientGone) =>
        clientGone.IsCancellationRequested ? AttemptFailure.Client
        : timer.IsCancellationRequested ? AttemptFailure.Timeout
        : AttemptFailure.Connection;

    private static async Task<Socket?> OpenAsync(EndPoint endPoint, CancellationToken cancellation)
    {
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (await SocketTransport.ConnectAsync(socket, endPoint, cancellation) == SocketError.Success && !cancellation.IsCancellationRequested)
            return socket;

        socket.Dispose();
        return null;
    }

    /// <summary>Tries several addresses, each with a head start over the next. The first to answer wins.</summary>
    private async Task<Socket?> RaceAsync(EndPoint[] endPoints, CancellationToken cancellation)
    {
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task<Socket?>>();
        Socket? winner = null;
        for (var next = 0; winner is null && (next < endPoints.Length || running.Count > 0);)
        {
            if (next < endPoints.Length)
                running.Add(OpenAsync(endPoints[next++], losers.Token));

            var finished = Task.WhenAny(running);
            if (next < endPoints.Length)
                await Task.WhenAny(finished, Task.Delay(AttemptDelay, time, losers.Token));
            else
                await finished;

            foreach (var attempt in running.FindAll(attempt => attempt.IsCompleted))
            {
                running.Remove(attempt);
                var socket = await attempt;
                if (winner is null)
                    winner = socket;
                else
                    socket?.Dispose();
            }
        }

        await losers.CancelAsync();
        foreach (var attempt in running)
            (await attempt)?.Dispose();
        return winner;
    }

    private async Task<BackendTransport> SecureAsync(Socket socket, CancellationToken cancellation)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(tls.For(address.Host), cancellation);
            return new TlsTransport(stream, socket);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
