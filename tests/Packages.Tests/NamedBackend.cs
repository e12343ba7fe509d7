using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspireLB.Packages.Tests;

/// <summary>A backend in the test process that responds with its name, or aborts requests while <see cref="Fails"/> is set.</summary>
internal sealed class NamedBackend : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _answered;

    private NamedBackend(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapGet("/health", () => "");
        _server.MapFallback(context =>
        {
            Interlocked.Increment(ref _answered);
            if (!Fails)
                return context.Response.WriteAsync(name);
            context.Abort();
            return Task.CompletedTask;
        });
    }

    public bool Fails { get; set; }

    /// <summary>The number of requests received, not counting probes.</summary>
    public int Answered => Volatile.Read(ref _answered);

    public string Url => _server.Urls.Single();

    public static async Task<NamedBackend> StartAsync(string name, CancellationToken cancellationToken)
    {
        var backend = new NamedBackend(name);
        await backend._server.StartAsync(cancellationToken);
        return backend;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
