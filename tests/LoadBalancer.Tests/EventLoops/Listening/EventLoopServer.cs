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

/// <summary>Transport is how a client connects.</summary>
public enum Transport
{
    Http1,
    Http1OverIPv6,
    Http1OverUnixSocket,
    Http1OverTls,
    Http2,
    Http2OverTls,
}

/// <summary>EventLoopServer is a server whose connections run on event loops, with a client that uses one of several transports.</summary>
internal sealed class EventLoopServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-");
    private readonly Transport _transport;
    private int _ended;

    private EventLoopServer(Transport transport, ParkingSettings? parking, TimeSpan? keepAlive)
    {
        _transport = transport;
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
            if (transport == Transport.Http1OverUnixSocket)
                kestrel.ListenUnixSocket(SocketPath);
            else
                kestrel.Listen(transport == Transport.Http1OverIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0, Configure);
        });
        _app = builder.Build();
        _app.UseMiddleware<Parkable>();
        _app.UseWebSockets();
        Client = new(new SocketsHttpHandler
        {
            ConnectCallback = transport == Transport.Http1OverUnixSocket ? ConnectToUnixSocketAsync : null,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        })
        {
            DefaultRequestVersion = IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public HttpClient Client { get; }

    public WebApplication App => _app;

    /// <summary>Number of connections that have ended for Kestrel, parked ones included.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Number of open sockets, including parked ones and the listener's.</summary>
    public int Sockets => _app.Services.GetRequiredService<EventLoopGroup>().Sockets;

    public string SocketPath => Path.Combine(_directory.FullName, "socket");

    private bool IsHttp2 => _transport is Transport.Http2 or Transport.Http2OverTls;

    public static async Task<EventLoopServer> StartAsync(
        Transport transport, RequestDelegate handler, ParkingSettings? parking = null, TimeSpan? keepAlive = null)
    {
        var server = new EventLoopServer(transport, parking, keepAlive);
        server._app.Run(handler);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        if (transport != Transport.Http1OverUnixSocket)
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
        if (_transport is not (Transport.Http1OverTls or Transport.Http2OverTls))
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
