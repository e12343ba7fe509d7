using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>
/// GrpcBackend is a scripted backend with HTTP/2 in clear text. Kestrel resets a stream with NO_ERROR if the response is complete and the request is
/// not, as gRPC servers do.
/// </summary>
internal sealed class GrpcBackend : IAsyncDisposable
{
    private readonly WebApplication _server;

    private GrpcBackend(RequestDelegate response)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.Run(context =>
        {
            context.Response.ContentType = "application/grpc";
            return response(context);
        });
    }

    public string Url => _server.Urls.Single();

    public static async Task<GrpcBackend> StartAsync(RequestDelegate response)
    {
        var backend = new GrpcBackend(response);
        await backend._server.StartAsync(TestContext.Current.CancellationToken);
        return backend;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>GrpcCall is a call whose request continues until the test or the other side ends it.</summary>
internal sealed class GrpcCall(int port) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    public OpenContent Content { get; } = new();

    public Task<HttpResponseMessage> StartAsync(CancellationToken cancellationToken) => _client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/service/Method")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Content,
        },
        HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public void Dispose() => _client.Dispose();

    /// <summary>A body that sends messages until the test ends it.</summary>
    public sealed class OpenContent : HttpContent
    {
        private static readonly byte[] Message = [0, 0, 0, 0, 1, 1];
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public OpenContent() => Headers.ContentType = new("application/grpc");

        /// <summary>Whether more messages follow the first.</summary>
        public bool GoesOn { get; set; }

        public void End() => _end.TrySetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            do
            {
                await stream.WriteAsync(Message, cancellationToken);
                await stream.FlushAsync(cancellationToken);
                if (GoesOn)
                    await Task.Yield();
            }
            while (GoesOn && !_end.Task.IsCompleted);
            await _end.Task.WaitAsync(cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
