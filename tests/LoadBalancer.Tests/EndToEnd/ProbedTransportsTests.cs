using System.Net;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>
/// Probes reach a backend the same way as requests, with any protocol: its state follows its health.
/// </summary>
[Collection(EndToEndCollection.Name)]
public sealed class ProbedTransportsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public Task TlsOfAnOwnAuthority_Health_Decides() => HealthDecidesAsync(
        kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(_certificates.ServerFor("127.0.0.1"))),
        "HTTP/1.1", "--LoadBalancer:Clusters:shop:Tls:CertificateAuthorities", _certificates.AuthorityFile);

    [Fact]
    public Task Http2WithoutTls_Health_Decides() => HealthDecidesAsync(
        kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2),
        "HTTP/2",
        "--ReverseProxy:Clusters:shop:HttpRequest:Version", "2",
        "--ReverseProxy:Clusters:shop:HttpRequest:VersionPolicy", "RequestVersionExact");

    [Fact]
    public Task UnixDomainSocket_Health_Decides() =>
        HealthDecidesAsync(kestrel => kestrel.ListenUnixSocket(_certificates.PathOf("app.sock")), "HTTP/1.1");

    [Theory]
    [InlineData("", "/ready/", "/ready/", "")]
    [InlineData("/base/", "/ready?full=1", "/base/ready", "?full=1")]
    [InlineData("unix", "/ready/", "/ready/", "")]
    [InlineData("unix:/base/", "/ready?full=1", "/base/ready", "?full=1")]
    public async Task Path_BehindTheAddress_IsAskedForAsItIsWritten(string suffix, string path, string expectedPath, string expectedQuery)
    {
        var isUnix = suffix.StartsWith("unix", StringComparison.Ordinal);
        await using var backend = await TestBackend.StartAsync(
            "server-1",
            Cancelled,
            isUnix ? kestrel => kestrel.ListenUnixSocket(_certificates.PathOf("app.sock")) : null);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [backend.Url + (isUnix ? suffix[4..] : suffix)],
            Cancelled,
            "--LoadBalancer:Health:Active:Path", path,
            "--LoadBalancer:Health:Active:Interval", "00:00:00.100");

        await Eventually.TrueAsync(() => backend.Requests.Count > 0, Cancelled);

        var probe = backend.Requests[0];
        Assert.Equal((expectedPath, expectedQuery), (probe.Path, probe.Query));
    }

    [Fact]
    public async Task TlsOfAnUnknownAuthority_Backend_IsDownAndTheLogSaysWhy()
    {
        await using var backend = await TestBackend.StartAsync(
            "server-1", Cancelled, kestrel =>
                kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(_certificates.ServerFor("127.0.0.1"))));
        await using var balancer = await StartAsync(backend);

        await balancer.StateChangedAsync("server-1", ["is down"], Cancelled);
        Assert.Contains("certificate", balancer.Process.Output, StringComparison.Ordinal);
        Assert.Empty(backend.Probes);
    }

    public void Dispose() => _certificates.Dispose();

    private static async Task HealthDecidesAsync(Action<KestrelServerOptions> listen, string protocol, params string[] more)
    {
        await using var backend = await TestBackend.StartAsync("server-1", Cancelled, listen);
        await using var balancer = await StartAsync(backend, more);

        await Eventually.TrueAsync(() => backend.Probes.Count >= 5, Cancelled);
        await balancer.StateChangedAsync("server-1", ["is up"], Cancelled);
        Assert.All(backend.Probes, probe => Assert.Equal(protocol, probe.Protocol));
        Assert.Equal("server-1", await balancer.Client.GetStringAsync("/", Cancelled));

        backend.HealthStatus = 503;
        await balancer.StateChangedAsync("server-1", ["is up", "is down"], Cancelled);
        Assert.Contains("is down: status 503", balancer.Process.Output, StringComparison.Ordinal);
        using var refused = await balancer.Client.GetAsync("/", Cancelled);
        await ProblemAssert.IsAsync(503, refused, Cancelled);

        backend.HealthStatus = 200;
        await balancer.StateChangedAsync("server-1", ["is up", "is down", "is up"], Cancelled);
        Assert.Equal("server-1", await balancer.Client.GetStringAsync("/", Cancelled));
        Assert.Equal(2, backend.Requests.Count);
    }

    private static Task<LoadBalancerProcess> StartAsync(TestBackend backend, params string[] more) => LoadBalancerProcess.StartAsync(
        [
            "--ReverseProxy:Routes:all:ClusterId", "shop", "--ReverseProxy:Routes:all:Match:Path", "{**rest}",
            "--ReverseProxy:Clusters:shop:Destinations:server-1:Address", backend.Url, .. BackendArguments.QuickProbes, .. more,
        ],
        environment: null, Cancelled);
}
