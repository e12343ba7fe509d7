using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AspireLB.EventLoops.Listening;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Listening;

/// <summary>What a client may come by.</summary>
public enum Way
{
    Http1,
    Http1OverIPv6,
    Http1OverUnixSocket,
    Http1OverTls,
    Http2,
    Http2OverTls,
}

/// <summary>A server whose connections are event loops', and a client that comes to it in one of several ways.</summary>
internal sealed class PolledServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-");
    private readonly Way _way;
    private int _ended;

    private PolledServer(Way way, ParkingSettings? parking, TimeSpan? keepAlive)
    {
        _way = way;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        if (parking is not null)
            builder.Services.AddSingleton(parking);
        builder.Services.AddEventLoops();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.KeepAliveTimeout = keepAlive ?? kestrel.Limits.KeepAliveTimeout;
            if (way == Way.Http1OverUnixSocket)
                kestrel.ListenUnixSocket(SocketPath);
            else
                kestrel.Listen(way == Way.Http1OverIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0, Configure);
        });
        _app = builder.Build();
        _app.UseMiddleware<Parkable>();
        _app.UseWebSockets();
        Client = new(new SocketsHttpHandler
        {
            ConnectCallback = way == Way.Http1OverUnixSocket ? ConnectToUnixSocketAsync : null,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        })
        {
            DefaultRequestVersion = IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public HttpClient Client { get; }

    public WebApplication App => _app;

    /// <summary>Connections that Kestrel is through with, parked ones included.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Sockets that are open, parked ones and the listener's included.</summary>
    public int Sockets => _app.Services.GetRequiredService<EventLoopGroup>().Sockets;

    public string SocketPath => Path.Combine(_directory.FullName, "socket");

    private bool IsHttp2 => _way is Way.Http2 or Way.Http2OverTls;

    public static async Task<PolledServer> StartAsync(Way way, RequestDelegate handler, ParkingSettings? parking = null, TimeSpan? keepAlive = null)
    {
        var server = new PolledServer(way, parking, keepAlive);
        server._app.Run(handler);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        if (way != Way.Http1OverUnixSocket)
            server.Client.BaseAddress = new(server._app.Urls.First());
        else
            server.Client.BaseAddress = new("http://unix.test");
        return server;
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private void Configure(ListenOptions listen)
    {
        listen.Use(next => async connection =>
        {
            await next(connection);
            Interlocked.Increment(ref _ended);
        });
        listen.Protocols = IsHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
        if (_way is not (Way.Http1OverTls or Way.Http2OverTls))
            return;

        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        listen.UseHttps(request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1)));
    }

    private async ValueTask<Stream> ConnectToUnixSocketAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
