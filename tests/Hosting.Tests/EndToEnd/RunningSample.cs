using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using AspireLB.Hosting.Following;
using AspireLB.Hosting.Model;
using Microsoft.Extensions.DependencyInjection;

namespace AspireLB.Hosting.Tests.EndToEnd;

/// <summary>The sample with its three replicas, really run, once for all tests that leave it as it was.</summary>
public sealed class RunningSample : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private DistributedApplication? _application;

    public DistributedApplication Application => _application!;

    public HttpClient Client { get; private set; } = null!;

    internal AdminClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ReplicasAppHost>([$"--Port={FreePort.Find()}"]);
        _application = await builder.BuildAsync();
        await _application.StartAsync();
        Admin = new(_application.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<LoadBalancerResource>().Single());
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = _application.GetEndpoint("lb", "http") };
        await WaitForAsync(backends => backends.Count == 3 && backends.All(backend => backend.State == "healthy"));
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_application is not null)
            await _application.DisposeAsync();
    }

    /// <summary>Waits until the balancer shows its backends so.</summary>
    internal async Task<IReadOnlyList<ShownBackend>> WaitForAsync(Func<IReadOnlyList<ShownBackend>, bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            if (await TryListAsync(patience.Token) is { } backends && condition(backends))
                return backends;
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

    private async Task<IReadOnlyList<ShownBackend>?> TryListAsync(CancellationToken cancellation)
    {
        try
        {
            return await Admin.ListAsync(cancellation);
        }
        catch (Exception exception) when (exception is HttpRequestException or InvalidOperationException)
        {
            return null; // it does not listen yet, or its port is not known yet
        }
    }
}
