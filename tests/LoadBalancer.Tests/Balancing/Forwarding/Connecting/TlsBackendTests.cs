using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Tests.Balancing.Health;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;

/// <summary>TLS backends: which are trusted, and what they receive.</summary>
public sealed class TlsBackendTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TestCertificates _certificates = new();
    private readonly LogLines _log = new();
    private string? _serverName;
    private X509Certificate? _client;

    private TlsOptions Trusting => new() { CertificateAuthorities = _certificates.AuthorityFile };

    public void Dispose()
    {
        _certificates.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Certificate_OfTheConfiguredAuthority_IsTrusted()
    {
        await using var backend = Backend(_certificates.ServerFor("localhost"));
        await using var proxy = await StartAsync(backend, Trusting);

        for (var i = 0; i < 3; i++)
            Assert.EndsWith("\r\n\r\nok", await proxy.GetAsync());

        Assert.Equal("localhost", _serverName);
        Assert.Equal(1, backend.Connections);
    }

    [Fact]
    public async Task Response_LargeOverTls_PassesWhole()
    {
        var body = new string('x', 1_000_000);
        await using var backend = Backend(_certificates.ServerFor("localhost"), $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await using var proxy = await StartAsync(backend, Trusting);

        Assert.EndsWith("\r\n\r\n" + body, await proxy.GetAsync());
    }

    [Theory]
    [InlineData("self-signed", "UntrustedRoot")]
    [InlineData("expired", "NotTimeValid")]
    [InlineData("for another name", "NameMismatch")]
    public async Task Certificate_NotTrusted_IsRefusedAndLogged(string kind, string reason)
    {
        var certificate = kind switch
        {
            "self-signed" => TestCertificates.SelfSignedFor("localhost"),
            "expired" => _certificates.ExpiredFor("localhost"),
            _ => _certificates.ServerFor("other.test"),
        };
        await using var backend = Backend(certificate);
        await using var proxy = await StartAsync(backend, Trusting);

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
        await AssertUntrustedAsync(proxy);
        var start = $"Warning TlsFailed: TLS to localhost:{backend.Port} of c failed: ";
        Assert.Contains(
            _log.All, line => line.StartsWith(start, StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificate_OfNoAuthorityOfTheSystem_IsRefused()
    {
        await using var backend = Backend(_certificates.ServerFor("localhost"));
        await using var proxy = await StartAsync(backend, new());

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
        await AssertUntrustedAsync(proxy);
    }

    [Fact]
    public async Task Backend_SpeaksNoTls_IsRefused()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n");
            await connection.WaitForCloseAsync();
        });
        await using var proxy = await StartAsync(backend, Trusting);

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
        await AssertUntrustedAsync(proxy);
    }

    [Fact]
    public async Task DangerousAcceptAnyServerCertificate_SelfSigned_IsAccepted()
    {
        await using var backend = Backend(TestCertificates.SelfSignedFor("other.test"));
        await using var proxy = await StartAsync(backend, new(), new() { DangerousAcceptAnyServerCertificate = true });

        Assert.EndsWith("\r\n\r\nok", await proxy.GetAsync());
    }

    [Fact]
    public async Task ServerName_Configured_IsSentAndVerified()
    {
        await using var backend = Backend(_certificates.ServerFor("inner.test"));
        var options = Trusting;
        options.ServerName = "inner.test";
        await using var proxy = await StartAsync(backend, options);

        Assert.EndsWith("\r\n\r\nok", await proxy.GetAsync());
        Assert.Equal("inner.test", _serverName);
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("pfx")]
    public async Task ClientCertificate_BackendAsksForOne_IsSent(string form)
    {
        using var client = _certificates.ServerFor("balancer.test");
        var options = Trusting;
        options.ClientCertificate = form == "pem" ? _certificates.PemOf(client) : _certificates.PfxOf(client, "secret");
        options.ClientCertificatePassword = form == "pem" ? null : "secret";
        await using var backend = Backend(_certificates.ServerFor("localhost"), asksForClient: true);
        await using var proxy = await StartAsync(backend, options);

        Assert.EndsWith("\r\n\r\nok", await proxy.GetAsync());
        Assert.Equal("CN=balancer.test", _client?.Subject);
    }

    [Fact]
    public async Task ClientCertificate_NoneConfigured_TheBackendsRefusalIsNoResponse()
    {
        await using var backend = Backend(_certificates.ServerFor("localhost"), asksForClient: true);
        await using var proxy = await StartAsync(backend, Trusting);

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
    }

    private static async Task AssertUntrustedAsync(ForwardingProxy proxy)
    {
        await Eventually.TrueAsync(() => proxy.Ended.Count > 0, TestContext.Current.CancellationToken);
        Assert.Equal([new AttemptResult(AttemptProgress.NeverConnected, AttemptFailure.Untrusted)], proxy.Ended);
    }

    private ScriptedBackend Backend(X509Certificate2 certificate, string response = Ok, bool asksForClient = false) => new(
        async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
                await connection.SendAsync(response);
        },
        secure: async stream =>
        {
            var secured = new SslStream(stream);
            await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = asksForClient,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null || !asksForClient,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            });
            _serverName = secured.TargetHostName;
            _client = secured.RemoteCertificate;
            return secured;
        });

    private Task<ForwardingProxy> StartAsync(ScriptedBackend backend, TlsOptions options, HttpClientConfig? client = null) =>
        ForwardingProxy.StartAsync($"https://localhost:{backend.Port}", new()
        {
            Tls = options,
            Client = client,
            Configure = services => services.AddLogging(logging => logging.AddProvider(_log)),
        });
}
