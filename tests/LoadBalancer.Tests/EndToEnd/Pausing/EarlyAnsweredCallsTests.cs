using System.Net;
using System.Net.Http.Headers;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Pausing;

/// <summary>
/// gRPC calls whose response precedes the end of the request, here from the balancer itself, one after the other on one connection.
/// </summary>
public sealed class EarlyAnsweredCallsTests
{
    /// <summary>Kestrel rejects calls when twice its limit of 100 streams are unfinished.</summary>
    private const int Calls = 500;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_ClientEndsEachAfterItsAnswer_NoneIsRefused()
    {
        using var refusing = new RefusingPort();
        await using var run = await PausingRun.StartAsync(
            usesEventLoops: true,
            Cancelled,
            "--ReverseProxy:Clusters:c:Destinations:d:Address", refusing.Url);
        using var client = PausingRun.CreateClient();
        for (var i = 0; i < Calls; i++)
        {
            using var body = new OpenCall();
            using var request = new HttpRequestMessage(HttpMethod.Post, run.Secure)
            {
                Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body,
            };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            await response.Content.ReadAsStringAsync(Cancelled);
            body.End();
        }
    }

    /// <summary>A request that continues until it is ended.</summary>
    private sealed class OpenCall : HttpContent
    {
        private static readonly byte[] Message = [0, 0, 0, 0, 1, 1];
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public OpenCall() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        public void End() => _end.TrySetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(Message, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await _end.Task.WaitAsync(cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
