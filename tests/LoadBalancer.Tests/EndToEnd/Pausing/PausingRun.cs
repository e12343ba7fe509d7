using AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Pausing;

/// <summary>
/// A balancer process with a plain and a TLS listener before one <see cref="BodyBackend"/>. Paths below <c>/yarp</c> go through YARP's forwarder.
/// </summary>
internal sealed class PausingRun : IAsyncDisposable
{
    private readonly TestCertificates _certificates = new();

    private PausingRun()
    {
    }

    public BodyBackend Backend { get; private set; } = null!;

    public LoadBalancerProcess Balancer { get; private set; } = null!;

    public Uri Secure { get; private set; } = null!;

    public static async Task<PausingRun> StartAsync(bool usesEventLoops, CancellationToken cancellationToken, params string[] more)
    {
        var run = new PausingRun { Backend = await BodyBackend.StartAsync(cancellationToken) };
        run.Balancer = await LoadBalancerProcess.StartAsync(
            [
                "--Urls", "http://127.0.0.1:0;https://127.0.0.1:0",
                "--Kestrel:Certificates:Default:Path", run._certificates.PfxOf(TestCertificates.SelfSignedFor("localhost"), "p"),
                "--Kestrel:Certificates:Default:Password", "p",
                "--LoadBalancer:EventLoops", usesEventLoops ? "true" : "false",
                "--ReverseProxy:Clusters:c:Destinations:d:Address", run.Backend.Url,
                "--ReverseProxy:Routes:own:ClusterId", "c", "--ReverseProxy:Routes:own:Match:Path", "/{**rest}",
                "--ReverseProxy:Routes:yarp:ClusterId", "c", "--ReverseProxy:Routes:yarp:Match:Path", "/yarp/{**rest}",
                "--ReverseProxy:Routes:yarp:Transforms:0:RequestHeader", "X-Added", "--ReverseProxy:Routes:yarp:Transforms:0:Set", "1",
                .. more,
            ],
            environment: null,
            cancellationToken);
        var line = await run.Balancer.Process.LineAsync(text => text.Contains("Listening on ", StringComparison.Ordinal), cancellationToken);
        run.Secure = new(line[line.IndexOf("https://", StringComparison.Ordinal)..].Split(',')[0].Trim());
        return run;
    }

    /// <summary>A client that trusts any certificate and has no time-out.</summary>
    public static HttpClient CreateClient() =>
        new(new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    public async ValueTask DisposeAsync()
    {
        if (Balancer is not null)
            await Balancer.DisposeAsync();
        await Backend.DisposeAsync();
        _certificates.Dispose();
    }
}
