using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.Balancing.Model;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Health;

/// <summary>
/// PlainProbe sends probes in HTTP/1.1 without TLS, as most are, with the code of the data path: both accept the same responses. .NET's own client
/// would keep a connection pool for each backend, and load 3 MB of code that nothing else in such a process needs.
/// </summary>
internal sealed class PlainProbe(ClusterRegistry registry, IBackendResolver resolver, TimeProvider time, EventLoopGroup? loops = null)
{
    /// <summary>A backend that sends this many interim responses before the final one is faulty.</summary>
    private const int MaxInterimResponses = 100;

    /// <summary>The address of a probe that can be sent this way; null if it needs TLS or HTTP/2.</summary>
    public BackendAddress? AddressOf(ProbeTarget target)
    {
        var http = registry.Find(target.Backend.ClusterId)?.State.Model.Config.HttpRequest;
        return BackendAddress.TryParse(target.Address, out var address) && !address.IsTls && (http is null || HttpVersions.AllowsHttp1(http))
            ? address
            : null;
    }

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ProbeResult> ProbeAsync(ProbeTarget target, BackendAddress address, CancellationToken cancellation)
    {
        if (target.Host is { } host && host.AsSpan().ContainsAny('\r', '\n', '\0'))
            return new(false, "the host contains a line break");

        var (transport, failure) = await ConnectAsync(address, cancellation);
        if (transport is null)
            return new(false, failure);

        using var connection = new BackendConnection(transport, endPoint: null, time);
        await using var gone = cancellation.UnsafeRegister(static transport => ((BackendTransport)transport!).Abort(), transport);
        var result = await ExchangeAsync(connection, Request(target, address));
        cancellation.ThrowIfCancellationRequested();
        return result;
    }

    private static async Task<ProbeResult> ExchangeAsync(BackendConnection connection, ByteWriter request)
    {
        if (!await connection.Transport.SendAndReturnAsync(request.Buffer, request.Length))
            return new(false, "the connection was closed");

        for (var interim = 0; interim < MaxInterimResponses;)
        {
            switch (connection.Parser.TryParse(connection.Received, out var length))
            {
                case HeadParse.Invalid:
                    return new(false, "the response is not HTTP");
                case HeadParse.Complete
                    when connection.Parser.Head is { IsInterim: false } or { StatusCode: StatusCodes.Status101SwitchingProtocols }:
                    return ProbeResult.From(connection.Parser.Head.StatusCode);
                case HeadParse.Complete:
                    connection.Start += length;
                    interim++;
                    break;
                default:
                    await connection.WaitForDataAsync();
                    var received = await connection.ReceiveAsync();
                    if (received <= 0)
                        return new(false, "the connection was closed without a response");
                    connection.End += received;
                    break;
            }
        }

        return new(false, "there was no final response");
    }

    /// <summary>Tries the addresses one after another.</summary>
    private async ValueTask<(BackendTransport? Transport, string Failure)> ConnectAsync(BackendAddress address, CancellationToken cancellation)
    {
        var failure = "the name has no address";
        foreach (var endPoint in await EndPointsAsync(address.EndPoint, cancellation))
        {
            (var transport, failure) = await (loops is null
                ? ConnectAsync(endPoint, cancellation)
                : ConnectAsync(loops.ForCurrentThread(), endPoint, cancellation));
            if (transport is not null)
                return (transport, "");

            cancellation.ThrowIfCancellationRequested();
        }

        return (null, failure);
    }

    private static async ValueTask<(BackendTransport? Transport, string Failure)> ConnectAsync(
        EventLoop loop, EndPoint endPoint, CancellationToken cancellation)
    {
        var (transport, error) = await EventLoopTransport.ConnectAsync(loop, endPoint, cancellation);
        return (transport, transport is null ? Marshal.GetPInvokeErrorMessage(error) : "");
    }

    private static async ValueTask<(BackendTransport? Transport, string Failure)> ConnectAsync(EndPoint endPoint, CancellationToken cancellation)
    {
        var (socket, error) = await SocketTransport.OpenAsync(endPoint, cancellation);
        return socket is null ? (null, new SocketException((int)error).Message) : (new SocketTransport(socket), "");
    }

    private async Task<IEnumerable<EndPoint>> EndPointsAsync(EndPoint endPoint, CancellationToken cancellation) =>
        endPoint is DnsEndPoint name
            ? (await resolver.LookUpAsync(name.Host, cancellation)).Select(found => new IPEndPoint(found, name.Port))
            : [endPoint];

    private static ByteWriter Request(ProbeTarget target, BackendAddress address)
    {
        var writer = new ByteWriter(Buffers.Rent(Buffers.Small));
        writer.Write(target.Method);
        writer.Write(" ");

        // Uri escapes characters that are not allowed in a request line.
        writer.Write(new Uri($"http://backend{address.PathPrefix}{target.Path}").PathAndQuery);
        writer.Write(" HTTP/1.1\r\nHost: "u8);
        writer.Write(target.Host ?? address.Authority);
        writer.Write("\r\nUser-Agent: "u8);
        writer.Write(ProbeTarget.UserAgent);
        writer.Write("\r\nConnection: close\r\n\r\n"u8);
        return writer;
    }
}
