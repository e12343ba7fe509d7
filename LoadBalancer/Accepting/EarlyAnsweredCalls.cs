using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>
/// Lets a gRPC client finish a call whose response was complete before its request. Otherwise Kestrel resets the stream as soon as the pipeline
/// returns (RFC 9113, section 8.1). .NET's client sends nothing more on a reset stream; Kestrel keeps such streams for five seconds, and rejects
/// new calls with ENHANCE_YOUR_CALM when there are twice <c>MaxStreamsPerConnection</c>. This middleware completes the response and then briefly
/// waits for the end of the request, which gRPC clients send at once. Meanwhile the stream counts towards the client's limit of concurrent
/// streams.
/// </summary>
internal sealed class EarlyAnsweredCalls(RequestDelegate next, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    public Task InvokeAsync(HttpContext context) => IsCall(context) ? ServeAsync(context) : next(context);

    private static bool IsCall(HttpContext context) =>
        HttpProtocol.IsHttp2(context.Request.Protocol)
        && context.Request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    private async Task ServeAsync(HttpContext context)
    {
        await next(context);
        if (context.RequestAborted.IsCancellationRequested)
            return;

        try
        {
            if (!HasEnded(context.Request))
                await AwaitEndAsync(context);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The client has reset the stream, or the time limit has passed and Kestrel resets it.
        }
    }

    private static bool HasEnded(HttpRequest request)
    {
        if (!request.BodyReader.TryRead(out var read))
            return false;

        request.BodyReader.AdvanceTo(read.Buffer.End);
        return read.IsCompleted;
    }

    private async Task AwaitEndAsync(HttpContext context)
    {
        await context.Response.CompleteAsync();
        using var limit = new CancellationTokenSource(Limit, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(ends.Token);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}
