using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>The admin listener on https, reachable from other machines, which requires a client certificate.</summary>
[Collection(AdminCollection.Name)]
public sealed class ClientCertificateTests : IDisposable
{
    private const string Token = "a-token-for-tests-only";

    private readonly CertificateFiles _ours = new("our administrators");
    private readonly CertificateFiles _others = new("somebody else's administrators");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_ByCertificate_IsDoneForOursAndForNoOther()
    {
        await using var balancer = await StartAsync();
        using var ann = Client(balancer, _ours.Client("ann"));
        using var stranger = Client(balancer, _others.Client("ann"));
        using var server = Client(balancer, _ours.WriteServer("a server"));
        using var anonymous = Client(balancer, certificate: null);

        using var drained = await ann.PostAsync("/api/backends/backends/server-1/drain", null, Cancel);
        Assert.Equal(HttpStatusCode.OK, drained.StatusCode);
        var latest = (await ann.GetFromJsonAsync<JsonNode>("/api/history", Cancel))![0]!;
        Assert.Equal("certificate of ann, 127.0.0.1", (string?)latest["who"]);

        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("/api/backends", Cancel));
        await Assert.ThrowsAsync<HttpRequestException>(() => server.GetAsync("/api/backends", Cancel));
        foreach (var path in new[] { "/api/backends", "/metrics", "/", "/api/events" })
        {
            using var refused = await anonymous.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancel);
            await ProblemAssert.IsAsync(403, refused, Cancel);
        }

        Assert.Equal("Healthy", await anonymous.GetStringAsync("/alive", Cancel));
    }

    [Fact]
    public async Task Call_CertificateAndTokenAskedFor_NeedsBoth()
    {
        await using var balancer = await StartAsync("--Admin:Token", Token);
        using var ann = Client(balancer, _ours.Client("ann"));
        using var anonymous = Client(balancer, certificate: null);
        anonymous.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        using var withoutToken = await ann.GetAsync("/api/backends", Cancel);
        await ProblemAssert.IsAsync(401, withoutToken, Cancel);
        using var withoutCertificate = await anonymous.GetAsync("/api/backends", Cancel);
        await ProblemAssert.IsAsync(403, withoutCertificate, Cancel);

        ann.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/api/backends", Cancel)).StatusCode);
    }

    public void Dispose()
    {
        _ours.Dispose();
        _others.Dispose();
    }

    // The test uses a second address without TLS, on loopback, to wait for the balancer.
    private async Task<LoadBalancerProcess> StartAsync(params string[] more)
    {
        using var server = _ours.WriteServer("balancer");
        return await LoadBalancerProcess.StartAsync(
            [
                "--Backends:0:Name", "server-1", "--Backends:0:Address", "http://127.0.0.1:9",
                "--Admin:Urls", "http://127.0.0.1:0;https://0.0.0.0:0",
                "--Admin:Tls:Certificate", _ours.ServerFile,
                "--Admin:Tls:Key", _ours.ServerKeyFile,
                "--Admin:Tls:ClientCa", _ours.RootFile,
                .. more,
            ],
            environment: null, Cancel);
    }

    private HttpClient Client(LoadBalancerProcess balancer, X509Certificate2? certificate)
    {
        var port = System.Text.RegularExpressions.Regex.Match(balancer.Process.Output, @"https://0\.0\.0\.0:(\d+)").Groups[1].Value;
        using var root = X509CertificateLoader.LoadCertificateFromFile(_ours.RootFile);
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(new X509Certificate2(root));
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return new(handler) { BaseAddress = new($"https://127.0.0.1:{port}") };
    }
}
