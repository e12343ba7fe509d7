using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Backends in the test's process, for tests that need many requests quickly: each responds with its name.</summary>
internal sealed class EchoServers : IAsyncDisposable
{
    private readonly List<WebApplication> _servers = [];

    public IEnumerable<string> Urls => _servers.Select(server => server.Urls.Single());

    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="before">Awaited before each response.</param>
    public static async Task<EchoServers> StartAsync(int count, CancellationToken cancellationToken, Func<HttpRequest, Task>? before = null)
    {
        var servers = new EchoServers();
        for (var i = 1; i <= count; i++)
        {
            var name = $"server-{i}";
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0").UseSockets(sockets => sockets.Backlog = 4096);
            var server = builder.Build();
            server.Run(async context =>
            {
                if (before is not null)
                    await before(context.Request);
                await context.Response.WriteAsync(name);
            });
            await server.StartAsync(cancellationToken);
            servers._servers.Add(server);
        }

        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }
}
