using System.Buffers;
using System.IO.Pipelines;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.Balancing.Retrying;

/// <summary>
/// RequestBodyBuffer keeps a request's body for retries if it fits. It does so for every method: a body that no backend has received can be sent
/// again.
/// </summary>
internal static class RequestBodyBuffer
{
    /// <summary>
    /// Reads the whole body if its <c>Content-Length</c> is at most <paramref name="limit"/> bytes. A body of unknown or greater length, or one
    /// that the client holds back (<c>Expect: 100-continue</c>), stays in the pipe and is streamed once.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">Length of the longest body to buffer, in bytes.</param>
    /// <param name="idle">The longest pause allowed between two parts of the body.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The body, empty if there is none; null if it is streamed.</returns>
    /// <exception cref="OperationCanceledException">The client has closed the connection.</exception>
    /// <exception cref="BadHttpRequestException">The client sent a bad body, or (408) paused for too long.</exception>
    public static ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, int limit, TimeSpan idle, TimeProvider time)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return new(ReadOnlyMemory<byte>.Empty);

        var request = context.Request;
        var headers = request.Headers;
        return request.ContentLength is { } length && length <= limit && headers.TransferEncoding.Count == 0 && headers.Expect.Count == 0
            ? ReadAllAsync(request.BodyReader, idle, time, context.RequestAborted)
            : default;
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> ReadAllAsync(
        PipeReader reader, TimeSpan idle, TimeProvider time, CancellationToken cancellationToken)
    {
        Deadline? deadline = null;
        try
        {
            while (true)
            {
                var reading = reader.ReadAsync(cancellationToken);
                if (!reading.IsCompleted)
                    (deadline ??= new(time, reader.CancelPendingRead)).Set(idle);
                var read = await reading;
                deadline?.Clear();
                if (read.IsCanceled || deadline is { HasPassed: true })
                {
                    reader.AdvanceTo(read.Buffer.Start);
                    throw new BadHttpRequestException("The rest of the request's body did not arrive in time.", StatusCodes.Status408RequestTimeout);
                }

                if (read.IsCompleted)
                {
                    var body = read.Buffer.ToArray();
                    reader.AdvanceTo(read.Buffer.End);
                    return body;
                }

                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        finally
        {
            deadline?.Dispose();
        }
    }
}
