using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Backends within the test's process, for tests that need many requests quickly: each answers with its name, probes excepted from the count.</summary>
internal sealed class EchoServers : IAsyncDisposable
{
    private readonly List<WebApplication> _servers = [];

    public IEnumerable<string> Urls => _servers.Select(server => server.Urls.Single());

    public static async Task<EchoServers> StartAsync(int count, CancellationToken cancellationToken)
    {
        var servers = new EchoServers();
        for (var i = 1; i <= count; i++)
        {
            var name = $"server-{i}";
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var server = builder.Build();
            server.Run(context => context.Response.WriteAsync(name));
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
