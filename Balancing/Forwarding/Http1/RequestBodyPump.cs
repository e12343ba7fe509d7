using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>PumpEnd tells how sending a request body ended.</summary>
internal enum PumpEnd
{
    /// <summary>The whole body was written to the connection.</summary>
    Complete,

    /// <summary>Sending was stopped because the response has arrived.</summary>
    Stopped,

    /// <summary>The backend accepts no more. It may have responded all the same.</summary>
    BackendFailed,

    /// <summary>The client closed the connection, or its body is invalid.</summary>
    ClientFailed,
}

/// <summary>
/// RequestBodyPump sends a request's body to the backend as it arrives from the client. Backpressure works through the pipe: it reads no more from
/// the client than the backend has accepted.
/// </summary>
internal sealed class RequestBodyPump(PipeReader client, BackendConnection connection, bool isChunked, TimeSpan idle)
{
    /// <summary>The size up to which pieces of a body are combined into one send.</summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>Room for a chunk's size line before its data, and for its line end and the last chunk after it.</summary>
    private const int ChunkHeadBytes = 10;
    private const int ChunkTailBytes = 7;

    /// <summary>The error on the client's side; null if there was none.</summary>
    public Exception? ClientError { get; private set; }

    /// <summary>Sends the body to its end. The response head is due <paramref name="headTimeout"/> after that.</summary>
    public async Task<PumpEnd> RunAsync(TimeSpan headTimeout)
    {
        var buffer = Buffers.Rent(PieceBytes);
        try
        {
            while (true)
            {
                connection.AwaitsClient = true;
                connection.Deadline.Set(idle);
                var read = await client.ReadAsync();
                connection.AwaitsClient = false;
                connection.Deadline.Set(idle);
                if (read.IsCanceled)
                {
                    client.AdvanceTo(read.Buffer.Start);
                    return PumpEnd.Stopped;
                }

                var rest = read.Buffer;
                while (!rest.IsEmpty || (read.IsCompleted && isChunked))
                {
                    var piece = Fill(buffer, ref rest, isLast: read.IsCompleted);
                    if (!await connection.Transport.SendAsync(piece))
                    {
                        client.AdvanceTo(read.Buffer.End);
                        return PumpEnd.BackendFailed;
                    }

                    if (rest.IsEmpty)
                        break;
                    connection.Deadline.Set(idle);
                }

                client.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    connection.Deadline.Set(headTimeout);
                    return PumpEnd.Complete;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            ClientError = error;
            return PumpEnd.ClientFailed;
        }
        finally
        {
            Buffers.Return(buffer);
        }
    }

    /// <summary>Ends a <see cref="RunAsync"/> that waits for the client.</summary>
    public void Stop() => client.CancelPendingRead();

    private ReadOnlyMemory<byte> Fill(byte[] buffer, ref ReadOnlySequence<byte> rest, bool isLast)
    {
        if (!isChunked)
        {
            if (rest.FirstSpan.Length == Math.Min(rest.Length, PieceBytes))
            {
                var first = rest.First;
                rest = rest.Slice(first.Length);
                return first;
            }

            var taken = rest.Slice(0, Math.Min(rest.Length, buffer.Length));
            taken.CopyTo(buffer);
            rest = rest.Slice(taken.End);
            return buffer.AsMemory(0, (int)taken.Length);
        }

        var data = rest.Slice(0, Math.Min(rest.Length, buffer.Length - ChunkHeadBytes - ChunkTailBytes));
        rest = rest.Slice(data.End);
        return WriteChunk(buffer, data, isLast && rest.IsEmpty);
    }

    /// <summary>Writes a chunk, and after the body's last one the end of the chunked coding (RFC 9112, section 7.1).</summary>
    private static ReadOnlyMemory<byte> WriteChunk(byte[] buffer, ReadOnlySequence<byte> data, bool isLast)
    {
        var at = 0;
        if (!data.IsEmpty)
        {
            Utf8Formatter.TryFormat((uint)data.Length, buffer, out at, new StandardFormat('x'));
            at += Put(buffer, at, "\r\n"u8);
            data.CopyTo(buffer.AsSpan(at));
            at += (int)data.Length;
            at += Put(buffer, at, "\r\n"u8);
        }

        if (isLast)
            at += Put(buffer, at, "0\r\n\r\n"u8);
        return buffer.AsMemory(0, at);
    }

    private static int Put(byte[] buffer, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(buffer.AsSpan(at));
        return text.Length;
    }
}
