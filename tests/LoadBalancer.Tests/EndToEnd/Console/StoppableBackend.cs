using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>A backend in the test's process that can stop and restart on its port; <c>/missing</c> is 404.</summary>
internal sealed class StoppableBackend : IAsyncDisposable
{
    private WebApplication? _app;

    private StoppableBackend(string name) => Name = name;

    public string Name { get; }

    public string Url { get; private set; } = "http://127.0.0.1:0";

    public static async Task<StoppableBackend> StartAsync(string name, CancellationToken cancellationToken)
    {
        var backend = new StoppableBackend(name);
        await backend.StartAgainAsync(cancellationToken);
        return backend;
    }

    /// <summary>The balancer's options for these backends, by their names.</summary>
    public static IEnumerable<string> Arguments(IEnumerable<StoppableBackend> backends) => backends.Index().SelectMany(each => new[]
    {
        $"--Backends:{each.Index}:Name={each.Item.Name}", $"--Backends:{each.Index}:Address={each.Item.Url}",
    });

    /// <summary>Starts it on its port, unless it is running.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
            return;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url);
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync(cancellationToken);
        Url = _app.Urls.Single();
    }

    /// <summary>Breaks every connection and refuses new ones.</summary>
    public async Task StopAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app!.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        context.Response.StatusCode = context.Request.Path == "/missing" ? 404 : 200;
        return context.Response.WriteAsync(Name);
    }
}
