using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Pausing;

/// <summary>
/// A backend for bodies, by the last segment of the path: <c>download</c> (<see cref="DownloadBytes"/>, by length or with <c>?chunked</c> in
/// chunks), <c>upload</c> (responds with the number of bytes received), <c>echo</c> (sends the body back while it arrives), <c>ignore</c>
/// (responds without reading).
/// </summary>
internal sealed class BodyBackend : IAsyncDisposable
{
    /// <summary>More than sockets and proxies buffer.</summary>
    public const int DownloadBytes = 60_000_000;

    private readonly WebApplication _server;

    private BodyBackend(WebApplication server) => _server = server;

    public string Url => _server.Urls.Single();

    public static async Task<BodyBackend> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => (kestrel.Limits.MinRequestBodyDataRate, kestrel.Limits.MinResponseDataRate) = (null, null));
        var server = builder.Build();
        server.Run(context => context.Request.Path.Value!.Split('/')[^1] switch
        {
            "download" => DownloadAsync(context),
            "upload" => UploadAsync(context),
            "echo" => EchoAsync(context),
            _ => context.Response.WriteAsync("ignored"),
        });
        await server.StartAsync(cancellationToken);
        return new(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task DownloadAsync(HttpContext context)
    {
        if (!context.Request.QueryString.HasValue)
            context.Response.ContentLength = DownloadBytes;
        var piece = new byte[DownloadBytes / 1000];
        for (var sent = 0; sent < DownloadBytes; sent += piece.Length)
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
    }

    private static async Task UploadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await context.Response.WriteAsync(body.Length.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        await context.Response.StartAsync();
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
