using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>Keeps a request's body for repetition, as far as it fits. Bodies of any method: one that nobody has received can be sent again.</summary>
internal static class RequestBodyBuffer
{
    /// <summary>
    /// Reads the whole body if it is announced to fit in <paramref name="limit"/> bytes. A body of unknown or greater length, or one that
    /// waits to be asked for (<c>Expect: 100-continue</c>), stays in the pipe and streams, once.
    /// </summary>
    /// <returns>The body, empty where there is none; null when it streams.</returns>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    /// <exception cref="BadHttpRequestException">The client sent a bad body.</exception>
    public static ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, int limit)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return new(ReadOnlyMemory<byte>.Empty);

        var request = context.Request;
        return request.ContentLength is { } length && length <= limit && request.Headers.TransferEncoding.Count == 0 && request.Headers.Expect.Count == 0
            ? ReadAllAsync(request.BodyReader, context.RequestAborted)
            : default;
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
