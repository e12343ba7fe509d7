using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Retrying;

/// <summary>A backend that responds late or never, and echoes method and path to reveal mixed-up responses.</summary>
internal sealed class SlowServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _requests;
    private int _inFlight;
    private int _abandoned;

    private SlowServer(TimeSpan delay)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context => AnswerAsync(context, delay));
    }

    public string Url => _server.Urls.Single();

    public int Requests => Volatile.Read(ref _requests);

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Requests whose connection closed before the response.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    public static async Task<SlowServer> StartAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        var server = new SlowServer(delay);
        await server._server.StartAsync(cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, TimeSpan delay)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _inFlight);
        try
        {
            await Task.Delay(delay, context.RequestAborted);
            await context.Response.WriteAsync(context.Request.Method + context.Request.Path);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _abandoned);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
