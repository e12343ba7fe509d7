using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>How sending a request body ended.</summary>
internal enum PumpEnd
{
    /// <summary>All of it was handed to the connection.</summary>
    Complete,

    /// <summary>Stopped, because the response is there already.</summary>
    Stopped,

    /// <summary>The backend takes no more. It may have answered all the same.</summary>
    BackendFailed,

    /// <summary>The client went away or its body is not valid.</summary>
    ClientFailed,
}

/// <summary>
/// Sends a request body that is read from the client while it arrives. The pipe it is read from takes no more from the client than the backend
/// has taken from here.
/// </summary>
internal sealed class RequestBodyPump(PipeReader client, BackendConnection connection, bool isChunked, TimeSpan idle)
{
    /// <summary>Pieces of a body are gathered up to this size into one send.</summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>Room for a chunk's size line before its data, and the line end with the last chunk behind.</summary>
    private const int ChunkHeadBytes = 10;
    private const int ChunkTailBytes = 7;

    /// <summary>What went wrong on the client's side.</summary>
    public Exception? ClientError { get; private set; }

    /// <summary>Sends until the body's end. <paramref name="headTimeout"/> is the time that the response head has from then on.</summary>
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

    /// <summary>Ends <see cref="RunAsync"/> where it waits for the client.</summary>
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

    /// <summary>A chunk with its size line and line end, and behind the body's last one the end of the chunked coding (RFC 9112, section 7.1).</summary>
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
