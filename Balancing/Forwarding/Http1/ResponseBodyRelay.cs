using System.Buffers;
using System.IO.Pipelines;
using AspireLB.Balancing.Forwarding.Connecting;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>RelayEnd tells how relaying a response ended.</summary>
internal enum RelayEnd
{
    /// <summary>The whole body was written to the client's pipe.</summary>
    Complete,

    /// <summary>The backend closed the connection, or it failed, before the body's end.</summary>
    BrokenOff,

    /// <summary>The backend's chunked coding is invalid.</summary>
    Invalid,

    /// <summary>The client has closed the connection or accepts no more.</summary>
    ClientGone,
}

/// <summary>
/// ResponseBodyRelay relays a response's body from a backend's connection to the client. Bytes that arrived with the head are copied once; the rest
/// is received straight into the client's pipe. The relay flushes before each wait, so that bytes from the backend are never held back. A flush
/// waits while the client is slow, which slows the backend down.
/// </summary>
internal readonly struct ResponseBodyRelay(
    BackendConnection connection, IHttpResponseBodyFeature response, IHttpRequestLifetimeFeature lifetime, TimeSpan idle)
{
    private readonly PipeWriter client = response.Writer;

    /// <summary>The most bytes received at a time, and the number of unflushed bytes that forces a flush.</summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>The largest rest of a body that is received into the connection's own buffer.</summary>
    private const int SmallBytes = 16 * 1024;

    /// <summary>
    /// With more bytes than this the head is written first. Body bytes written before the head are stored in small pieces and copied again.
    /// </summary>
    private const int AsideBytes = 1024;

    /// <summary>Relays a body of known length, or up to the end of the stream if <paramref name="length"/> is <see cref="long.MaxValue"/>.</summary>
    public ValueTask<RelayEnd> RelayLengthAsync(long length)
    {
        var first = (int)Math.Min(connection.Received.Length, length);
        if (first <= AsideBytes)
            return RelayLengthAsync(first, length);

        var started = response.StartAsync();
        return started.IsCompletedSuccessfully ? RelayLengthAsync(first, length) : RelayLengthAsync(started, first, length);
    }

    private async ValueTask<RelayEnd> RelayLengthAsync(Task started, int first, long length)
    {
        await started;
        return await RelayLengthAsync(first, length);
    }

    private ValueTask<RelayEnd> RelayLengthAsync(int first, long length)
    {
        WriteReceived(first);

        // A complete body is flushed together with its head when the request ends.
        return first == length ? new(RelayEnd.Complete) : RelayRestAsync(first, length - first, isUntilClose: length == long.MaxValue);
    }

    private void WriteReceived(int bytes)
    {
        if (bytes == 0)
            return;

        connection.Received[..bytes].CopyTo(client.GetSpan(bytes));
        client.Advance(bytes);
        connection.Start += bytes;
    }

    /// <summary>
    /// Relays a chunked body. The trailer section goes to <paramref name="trailers"/>; it is dropped for HTTP/1.1 clients, which have none.
    /// </summary>
    public async ValueTask<RelayEnd> RelayChunksAsync(IHttpResponseTrailersFeature? trailers)
    {
        var decoder = connection.Decoder;
        var unflushed = 0;
        decoder.Reset();
        while (true)
        {
            var parse = decoder.Read(connection.Received, out var consumed, out var data);
            if (data > 0)
            {
                client.Write(connection.Received[(consumed - data)..consumed]);
                unflushed += data;
            }

            connection.Start += consumed;
            switch (parse)
            {
                case ChunkParse.Done:
                    ResponseTrailers.Apply(decoder.Trailers, trailers);
                    return RelayEnd.Complete;
                case ChunkParse.Invalid:
                    return RelayEnd.Invalid;
                case ChunkParse.Data:
                    continue;
            }

            if (!connection.Transport.HasData || unflushed >= PieceBytes)
            {
                if (!await FlushAsync())
                    return RelayEnd.ClientGone;
                unflushed = 0;
            }

            connection.Deadline.Set(idle);
            var received = await ReceiveChunkedAsync(decoder);
            if (received <= 0)
                return RelayEnd.BrokenOff;
            unflushed += received;
        }
    }

    /// <summary>
    /// Receives straight into the client's pipe within a large chunk, and otherwise into the connection's buffer, to be decoded there.
    /// </summary>
    private async ValueTask<int> ReceiveChunkedAsync(ChunkedDecoder decoder)
    {
        await connection.WaitForDataAsync();
        if (decoder.Remaining < PieceBytes / 4)
        {
            var more = await connection.ReceiveAsync();
            connection.End += Math.Max(more, 0);
            return more;
        }

        var room = client.GetMemory(PieceBytes);
        var received = await connection.Transport.ReceiveAsync(room[..(int)Math.Min(room.Length, decoder.Remaining)]);
        if (received > 0)
        {
            client.Advance(received);
            decoder.Take(received);
        }

        return received;
    }

    private async ValueTask<RelayEnd> RelayRestAsync(int unflushed, long remaining, bool isUntilClose)
    {
        while (remaining is > 0 and <= SmallBytes && connection.Transport.HasData)
        {
            // The backend sent the head by itself and the small body right after it: both still go to the client together.
            var received = await connection.ReceiveAsync();
            if (received <= 0)
                return RelayEnd.BrokenOff;

            connection.End += received;
            var taken = (int)Math.Min(connection.Received.Length, remaining);
            WriteReceived(taken);
            unflushed += taken;
            remaining -= taken;
        }

        // Flush to write the head first: after that the pipe's memory is the socket's own, before it the bytes would be copied again.
        if (remaining > 0 && unflushed <= AsideBytes)
            unflushed = PieceBytes;
        var hasFlushed = false;
        while (remaining > 0)
        {
            if (!connection.Transport.HasData || unflushed >= PieceBytes)
            {
                if (!await FlushAsync())
                    return RelayEnd.ClientGone;
                unflushed = 0;
                hasFlushed = true;
            }

            connection.Deadline.Set(idle);
            await connection.WaitForDataAsync();
            var room = client.GetMemory((int)Math.Min(PieceBytes, remaining));
            var received = await connection.Transport.ReceiveAsync(room[..(int)Math.Min(room.Length, remaining)]);
            if (received <= 0)
                return received == 0 && isUntilClose ? RelayEnd.Complete : RelayEnd.BrokenOff;

            client.Advance(received);
            unflushed += received;
            remaining -= received;
        }

        // Kestrel ends a response of known length without a flush once its head has been flushed.
        return hasFlushed && !await FlushAsync() ? RelayEnd.ClientGone : RelayEnd.Complete;
    }

    /// <summary>Flushes. False if the client accepts no more. A client that does not read is disconnected when the deadline passes.</summary>
    private async ValueTask<bool> FlushAsync()
    {
        connection.StalledBy = lifetime;
        connection.Deadline.Set(idle);
        try
        {
            var result = await client.FlushAsync();
            return !result.IsCompleted && !result.IsCanceled;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
        finally
        {
            connection.StalledBy = null;
        }
    }
}
