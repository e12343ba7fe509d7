using System.Buffers;
using System.IO.Pipelines;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>Keeps the body of a request that may be repeated, as far as it fits.</summary>
internal static class RequestBodyBuffer
{
    /// <summary>
    /// Reads the whole body if it is announced to fit in <paramref name="limit"/> bytes. A body of unknown or greater length stays in the
    /// pipe and streams, once.
    /// </summary>
    /// <returns>The body, empty where there is none; null when it streams.</returns>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    /// <exception cref="BadHttpRequestException">The client sent a bad body.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit || (request.ContentLength is null && request.Headers.TransferEncoding.Count > 0))
            return null;
        if (request.ContentLength is null or 0)
            return ReadOnlyMemory<byte>.Empty;

        return await ReadAllAsync(request.BodyReader, cancellationToken);
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> ReadAllAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
