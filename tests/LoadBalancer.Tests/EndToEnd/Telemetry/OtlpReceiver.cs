using System.Net;
using AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>A collector for tests: receives OTLP over gRPC and http/protobuf on its own loopback ports and stores it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>Base address for http/protobuf.</summary>
    public string HttpEndpoint => _app.Urls.First();

    /// <summary>Address for gRPC: HTTP/2 without TLS.</summary>
    public string GrpcEndpoint => _app.Urls.Last();

    public ReceivedTelemetry Received => _app.Services.GetRequiredService<ReceivedTelemetry>();

    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton<ReceivedTelemetry>().AddGrpc();

        var app = builder.Build();
        app.Use((context, next) =>
        {
            app.Services.GetRequiredService<ReceivedTelemetry>().Add(new ReceivedExport(context.Request));
            return next(context);
        });
        app.MapGrpcService<GrpcTraces>();
        app.MapGrpcService<GrpcMetrics>();
        app.MapGrpcService<GrpcLogs>();
        app.MapPost(
            "/v1/traces",
            (HttpContext context, ReceivedTelemetry received) => ReadAsync(context, ExportTraceServiceRequest.Parser, received.Add));
        app.MapPost(
            "/v1/metrics",
            (HttpContext context, ReceivedTelemetry received) => ReadAsync(context, ExportMetricsServiceRequest.Parser, received.Add));
        app.MapPost(
            "/v1/logs",
            (HttpContext context, ReceivedTelemetry received) => ReadAsync(context, ExportLogsServiceRequest.Parser, received.Add));
        await app.StartAsync(cancel);
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // Each signal's response is an empty message: zero bytes.
    private static async Task ReadAsync<T>(HttpContext context, MessageParser<T> parser, Action<T> add) where T : IMessage<T>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        add(parser.ParseFrom(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }
}
