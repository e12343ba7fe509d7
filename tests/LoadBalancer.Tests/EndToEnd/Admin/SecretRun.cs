using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>A balancer with secrets in every possible place of its configuration, for read-only tests.</summary>
public sealed class SecretRun : IAsyncLifetime
{
    internal const string Secret = "hidden";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-secrets-");
    private TestBackend _backend = null!;

    internal LoadBalancerProcess Balancer { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _backend = await TestBackend.StartAsync("server-1", TestContext.Current.CancellationToken);
        Balancer = await StartAsync(_backend, _directory, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        await _backend.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>Starts a balancer with such a configuration in a directory.</summary>
    internal static async Task<LoadBalancerProcess> StartAsync(TestBackend backend, DirectoryInfo directory, CancellationToken cancel)
    {
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "appsettings.json"), Configuration(backend.Url).ToJsonString(), cancel);
        return await LoadBalancerProcess.StartAsync(
            ["--Admin:ExplainToken", $"{Secret}-{Secret}-{Secret}"],
            environment: null,
            cancel,
            directory.FullName);
    }

    internal static JsonObject Configuration(string backend) => JsonNode.Parse($$"""
        {
          "LoadBalancer": { "Health": { "Active": { "Path": "/health?token={{Secret}}", "Interval": "00:00:01" } } },
          "ReverseProxy": {
            "Routes": { "r": {
              "ClusterId": "c",
              "Match": { "Path": "/{**path}", "Headers": [{ "Name": "X-Api-Key", "Values": ["{{Secret}}"] }] },
              "Metadata": { "password": "{{Secret}}" },
              "Transforms": [
                { "PathPrefix": "/prefix" },
                { "RequestHeader": "Authorization", "Set": "Bearer {{Secret}}" },
                { "QueryValueParameter": "api_key", "Set": "{{Secret}}" }] } },
            "Clusters": { "c": { "Destinations": { "d": {
              "Address": "{{backend.Replace("//", $"//user:{Secret}@", StringComparison.Ordinal)}}" } } } } }
        }
        """)!.AsObject();
}
