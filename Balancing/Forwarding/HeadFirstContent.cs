using System.Net;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// HeadFirstContent sends the response head to the client before the body's first bytes arrive. YARP's forwarder would send both together, but an
/// event stream or a gRPC call may stay silent for a long time. A body that has already ended does not send the head early: a head that ends the
/// backend's stream must end the client's too, as gRPC clients expect.
/// </summary>
internal sealed class HeadFirstContent : HttpContent
{
    private readonly HttpContent _body;
    private readonly HttpResponse _response;

    public HeadFirstContent(HttpContent body, HttpResponse response)
    {
        _body = body;
        _response = response;
        Headers.ContentLength = body.Headers.ContentLength;
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() => new HeadFirstStream(await _body.ReadAsStreamAsync(), _response);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _body.CopyToAsync(stream, context);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _body.Dispose();
        base.Dispose(disposing);
    }

    private sealed class HeadFirstStream(Stream body, HttpResponse response) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var reading = body.ReadAsync(buffer, cancellationToken);
            return reading.IsCompleted || response.HasStarted ? reading : SendHeadAsync(reading, cancellationToken);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                body.Dispose();
            base.Dispose(disposing);
        }

        private async ValueTask<int> SendHeadAsync(ValueTask<int> reading, CancellationToken cancellation)
        {
            try
            {
                await response.Body.FlushAsync(cancellation);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                // The client has closed. Thrown here it would count as the backend's failure; the next write to the client reports it as the
                // client's.
            }

            return await reading;
        }
    }
}
