using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Pausing;

/// <summary>A request's body that is sent in parts with a pause before each.</summary>
internal sealed class PausingContent(int parts, int partBytes, TimeSpan pause, bool isChunked) : HttpContent
{
    public int Bytes => parts * partBytes;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(cancellationToken);
        for (var i = 0; i < parts; i++)
        {
            await Task.Delay(pause, cancellationToken);
            await stream.WriteAsync(new byte[partBytes], cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Bytes;
        return !isChunked;
    }
}
