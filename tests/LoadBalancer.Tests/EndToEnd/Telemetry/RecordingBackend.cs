using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>A backend that records the headers of each request as received; <c>/status/{code}</c> responds with that status.</summary>
internal sealed class RecordingBackend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, IReadOnlyDictionary<string, string> Headers)> _requests = new();

    private RecordingBackend(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public int Port => new Uri(Address).Port;

    /// <summary>Headers of the requests to <paramref name="path"/>, in order of arrival.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> RequestsTo(string path) =>
        [.. _requests.Where(r => r.Path == path).Select(r => r.Headers)];

    public static async Task<RecordingBackend> StartAsync(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var backend = new RecordingBackend(app);
        app.Use((context, next) =>
        {
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            backend._requests.Enqueue((context.Request.Path, headers));
            return next(context);
        });
        app.MapGet("/status/{code:int}", (int code) => Results.StatusCode(code));
        app.MapFallback(() => "Hello");
        await app.StartAsync(cancel);
        return backend;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
