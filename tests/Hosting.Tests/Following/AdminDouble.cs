using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Following;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspireLB.Hosting.Tests.Following;

/// <summary>Stands in for the balancer's admin API, with a list of backends that tests can read and change.</summary>
internal sealed class AdminDouble : IAsyncDisposable
{
    private readonly WebApplication _application;

    private AdminDouble(WebApplication application) => _application = application;

    public List<ShownBackend> Backends { get; } = [];

    /// <summary>The requested changes, for example "add api-1".</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Name of a backend that the balancer refuses to add.</summary>
    public string? Refused { get; set; }

    /// <summary>A change, as in <see cref="Changes"/>, that gets an error response once.</summary>
    public string? Fails { get; set; }

    /// <summary>Whether that change is made in spite of the error response.</summary>
    public bool FailsAfterwards { get; set; }

    public static async Task<AdminDouble> StartAsync(LoadBalancerResource balancer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var admin = new AdminDouble(builder.Build());
        admin.Map();
        await admin._application.StartAsync(TestContext.Current.CancellationToken);
        var endpoint = balancer.ConsoleEndpoint.EndpointAnnotation;
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "127.0.0.1", new Uri(admin._application.Urls.Single()).Port);
        return admin;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private void Map()
    {
        _application.MapGet("/api/backends", () => Backends);
        _application.MapPost("/api/backends/{cluster}", (string cluster, JsonObject added) => (string)added["name"]! == Refused
            ? Results.Problem("No.", statusCode: 400)
            : Do($"add {added["name"]}", () => Backends.Add(From(cluster, added))));
        _application.MapDelete("/api/backends/{cluster}/{name}", (string cluster, string name) => Do(
            $"remove {name}", () => Backends.RemoveAll(backend => backend.Is(cluster, name))));
        _application.MapPost("/api/backends/{cluster}/{name}/{verb}", (string cluster, string name, string verb) => Do(
            $"{verb} {name}", () => Set(cluster, name, verb == "drain" ? ShownBackend.Draining : "healthy")));
    }

    private static ShownBackend From(string cluster, JsonObject added) =>
        new(cluster, (string)added["name"]!, (string)added["address"]!, "unknown", (int)added["weight"]!);

    private IResult Do(string what, Action change)
    {
        var fails = what == Fails;
        if (fails)
            Fails = null;
        Changes.Add(what);
        if (!fails || FailsAfterwards)
            change();
        return fails ? Results.Problem("Failed.", statusCode: 500) : Results.NoContent();
    }

    private void Set(string cluster, string name, string state)
    {
        var index = Backends.FindIndex(backend => backend.Is(cluster, name));
        Backends[index] = Backends[index] with { State = state };
    }
}
