using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using AspireLB.Hosting.Following;
using AspireLB.Hosting.Model;
using Microsoft.Extensions.DependencyInjection;

namespace AspireLB.Hosting.Tests.EndToEnd;

/// <summary>
/// Runs the sample with its three replicas. Tests share it, so each test restores its state. A second balancer has the same replicas as
/// backends, with sticky sessions, and a route of its own to a file server.
/// </summary>
public sealed class RunningSample : IAsyncLifetime
{
    private const string Routed = "routed";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("aspirelb-files-");

    private DistributedApplication? _application;

    public DistributedApplication Application => _application!;

    public HttpClient Client { get; private set; } = null!;

    internal AdminClient Admin { get; private set; } = null!;

    internal AdminClient RoutedAdmin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ReplicasAppHost>([$"--Port={FreePort.Find()}"]);
        AddRouted(builder);
        _application = await builder.BuildAsync();
        await _application.StartAsync();
        var model = _application.Services.GetRequiredService<DistributedApplicationModel>();
        Admin = new(model.Resources.OfType<LoadBalancerResource>().Single(balancer => balancer.Name == "lb"));
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = _application.GetEndpoint("lb", "http") };
        await WaitForAsync(backends => backends.Count == 3 && backends.All(backend => backend.State == "healthy"));
        RoutedAdmin = new(model.Resources.OfType<LoadBalancerResource>().Single(balancer => balancer.Name == Routed));
        await WaitForAsync(RoutedAdmin, backends => backends.Count == 4 && backends.All(backend => backend.State == "healthy"));
    }

    /// <summary>Creates a client of the second balancer, with its own session.</summary>
    public HttpClient CreateRoutedClient(CookieContainer cookies) =>
        new(new SocketsHttpHandler { UseProxy = false, CookieContainer = cookies }) { BaseAddress = Application.GetEndpoint(Routed, "http") };

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_application is not null)
            await _application.DisposeAsync();
        _files.Delete(recursive: true);
    }

    /// <summary>The name of the replica that returns this response.</summary>
    internal async Task<string> NameOfAsync(string answer)
    {
        foreach (var backend in await Admin.ListAsync(TestContext.Current.CancellationToken))
        {
            if (await Client.GetStringAsync(new Uri(backend.Address), TestContext.Current.CancellationToken) == answer)
                return backend.Name;
        }

        throw new InvalidOperationException($"No replica answers '{answer}'.");
    }

    /// <summary>Waits until the backends in the sample's balancer meet a condition.</summary>
    internal Task WaitForAsync(Func<IReadOnlyList<ShownBackend>, bool> condition) => WaitForAsync(Admin, condition);

    /// <summary>Waits until the backends in a balancer meet a condition.</summary>
    internal static async Task WaitForAsync(AdminClient admin, Func<IReadOnlyList<ShownBackend>, bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            if (await TryListAsync(admin, patience.Token) is { } backends && condition(backends))
                return;
            await Task.Delay(50, patience.Token);
        }
    }

    internal async Task ExecuteAsync(string resourceId, string command, string? weight = null)
    {
        var arguments = new InteractionInputCollection(
            weight is null ? [] : [new InteractionInput { Name = "weight", InputType = InputType.Number, Value = weight }]);
        var result = await Application.ResourceCommands.ExecuteCommandAsync(resourceId, command, arguments, TestContext.Current.CancellationToken);
        Assert.True(result.Success, result.Message);
    }

    private void AddRouted(IDistributedApplicationBuilder builder)
    {
        const string FileServer = "import http.server, os; "
            + "http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), http.server.SimpleHTTPRequestHandler).serve_forever()";
        Directory.CreateDirectory(Path.Combine(_files.FullName, "static"));
        File.WriteAllText(Path.Combine(_files.FullName, "static", "file.txt"), "a file");

        var api = builder.CreateResourceBuilder(builder.Resources.OfType<ProjectResource>().Single(project => project.Name == "api"));
        var files = builder.AddExecutable("files", "python3", _files.FullName, "-c", FileServer).WithHttpEndpoint(env: "PORT");
        builder.AddLoadBalancer(Routed).WithBackend(api).WithRoute("/static/{**path}", files).WithStickySessions("session");
    }

    private static async Task<IReadOnlyList<ShownBackend>?> TryListAsync(AdminClient admin, CancellationToken cancellation)
    {
        try
        {
            return await admin.ListAsync(cancellation);
        }
        catch (Exception exception) when (exception is HttpRequestException or InvalidOperationException)
        {
            return null; // it is not listening yet, or its port is not known yet
        }
    }
}

/// <summary>The test classes that share one <see cref="RunningSample"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SampleCollection : ICollectionFixture<RunningSample>
{
    public const string Name = "Sample";
}
