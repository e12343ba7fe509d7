using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using AspireLB.Balancing.Model;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>Connected is the result of opening a connection: the transport and its address, or the failure.</summary>
internal readonly record struct Connected(BackendTransport? Transport, EndPoint? EndPoint, AttemptFailure Failure)
{
    public static Connected Failed(AttemptFailure failure) => new(null, null, failure);
}

/// <summary>Connector opens connections to one backend: it looks up the name, tries the addresses, and starts TLS if the scheme is https.</summary>
internal sealed class Connector(
    BackendAddress address, TlsSettings tls, HandshakeLog? handshakes, AddressBook addresses, EventLoopGroup? loops, TimeProvider time)
{
    /// <summary>Delay after which the next address is tried beside the earlier ones (RFC 8305, section 5).</summary>
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    public async ValueTask<Connected> ConnectAsync(TimeSpan timeout, CancellationToken clientGone)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var both = clientGone.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(timer.Token, clientGone) : null;
        var cancellation = both?.Token ?? timer.Token;
        try
        {
            var endPoints = await addresses.GetAsync(cancellation);
            var connected = endPoints.Length == 1 ? await OpenAsync(endPoints[0], cancellation) : await RaceAsync(endPoints, cancellation);
            return connected.Transport is null ? Connected.Failed(FailureOf(connected.Failure, timer, clientGone)) : connected;
        }
        catch (OperationCanceledException)
        {
            return Connected.Failed(FailureOf(AttemptFailure.None, timer, clientGone));
        }
    }

    private static AttemptFailure FailureOf(AttemptFailure reported, CancellationTokenSource timer, CancellationToken clientGone) =>
        clientGone.IsCancellationRequested ? AttemptFailure.Client
        : timer.IsCancellationRequested ? AttemptFailure.Timeout
        : reported == AttemptFailure.None ? AttemptFailure.Connection
        : reported;

    private async Task<Connected> OpenAsync(EndPoint endPoint, CancellationToken cancellation)
    {
        if (loops is not null && !address.IsTls)
        {
            var (transport, _) = await EventLoopTransport.ConnectAsync(loops.ForCurrentThread(), endPoint, cancellation);
            return new(transport, endPoint, AttemptFailure.None);
        }

        var (socket, _) = await SocketTransport.OpenAsync(endPoint, cancellation);
        return socket is null ? default
            : address.IsTls ? await SecureAsync(socket, endPoint, cancellation)
            : new(new SocketTransport(socket), endPoint, AttemptFailure.None);
    }

    /// <summary>Tries several addresses, each with a head start over the next. The first to connect wins.</summary>
    private async Task<Connected> RaceAsync(EndPoint[] endPoints, CancellationToken cancellation)
    {
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task<Connected>>();
        var winner = default(Connected);
        for (var next = 0; winner.Transport is null && (next < endPoints.Length || running.Count > 0);)
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
                var connected = await attempt;
                if (winner.Transport is null)
                    winner = connected.Transport is null && winner.Failure != AttemptFailure.None ? winner : connected;
                else
                    connected.Transport?.Dispose();
            }
        }

        await losers.CancelAsync();
        foreach (var attempt in running)
            (await attempt).Transport?.Dispose();
        return winner;
    }

    private async Task<Connected> SecureAsync(Socket socket, EndPoint endPoint, CancellationToken cancellation)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(tls.For(address.Host, SslApplicationProtocol.Http11), cancellation);
            return new(new TlsTransport(stream, socket), endPoint, AttemptFailure.None);
        }
        catch (Exception error) when (TlsTransport.IsFailure(error))
        {
            await stream.DisposeAsync();
            if (error is OperationCanceledException)
                return default;

            handshakes?.Failed(address.Authority, error);
            return Connected.Failed(AttemptFailure.Untrusted);
        }
    }
}
