using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>A request as the backend received it.</summary>
internal sealed record SeenRequest(
    string Method,
    string Path,
    string Query,
    string Protocol,
    string Connection,
    byte[] Body,
    IReadOnlyDictionary<string, string> Headers);

/// <summary>A backend in the test's process: responds with its name, records every request, and has a settable health.</summary>
internal sealed class TestBackend : IAsyncDisposable
{
    public const string HealthPath = "/health";

    private readonly WebApplication _server;
    private readonly ConcurrentQueue<SeenRequest> _seen = new();
    private volatile int _healthStatus = StatusCodes.Status200OK;

    private TestBackend(string name, Action<KestrelServerOptions>? listen)
    {
        Name = name;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (listen is null)
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        else
            builder.WebHost.ConfigureKestrel(listen);
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public string Name { get; }

    public string Url => _server.Urls.Single();

    /// <summary>Probes of <see cref="HealthPath"/>, which every balancer in these tests uses.</summary>
    public IReadOnlyList<SeenRequest> Probes => [.. _seen.Where(request => request.Path == HealthPath && request.Method == "GET")];

    /// <summary>All other requests.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _seen.Where(request => request.Path != HealthPath || request.Method != "GET")];

    public int HealthStatus { set => _healthStatus = value; }

    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="listen">The listener; null: HTTP/1.1 on a free port.</param>
    public static async Task<TestBackend> StartAsync(string name, CancellationToken cancellationToken, Action<KestrelServerOptions>? listen = null)
    {
        var backend = new TestBackend(name, listen);
        await backend._server.StartAsync(cancellationToken);
        return backend;
    }

    /// <summary>Clears the recorded requests.</summary>
    public void Forget() => _seen.Clear();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = context.Request;
        _seen.Enqueue(new(
            request.Method,
            request.Path,
            request.QueryString.Value ?? "",
            request.Protocol,
            context.Connection.Id,
            body.ToArray(),
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (context.Request.Path == HealthPath)
            context.Response.StatusCode = _healthStatus;
        await context.Response.WriteAsync(Name);
    }
}
