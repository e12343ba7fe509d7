using System.Net.Http.Headers;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using AspireLB.Tests.Shared;

namespace AspireLB.Packages.Tests;

/// <summary>Tests the samples as built in the repository.</summary>
public class SamplesTests
{
    [Fact]
    public Task Embed_ABackendFails_RetriesAndEjects() => Scenarios.EmbedAsync(Sample("Embed"), TestContext.Current.CancellationToken);

    [Fact]
    public Task OwnPolicy_ManyTenants_KeepTheirBackends() => Scenarios.OwnPolicyAsync(Sample("OwnPolicy"), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Embed_InvalidOptions_EndsWithEveryError()
    {
        var program = Sample("Embed");
        await using var process = ChildProcess.Start(
            "dotnet",
            [
                program, "--urls", "http://127.0.0.1:0", "--LoadBalancer:Retry:MaxAttempts", "0", "--LoadBalancer:Retri", "1",
                "--LoadBalancer:Clusters:api:Policy", "Nearest", "--LoadBalancer:Clusters:web:Policy", "Random",
                "--ReverseProxy:Clusters:api:Destinations:api-2:Metadata:Weight", "0",
            ],
            directory: Path.GetDirectoryName(program));

        Assert.NotEqual(0, await process.ExitCodeAsync(TestContext.Current.CancellationToken));
        Assert.Contains("LoadBalancer:Retry:MaxAttempts: '0' is not allowed; allowed: 1 to 100", process.Output, StringComparison.Ordinal);
        Assert.Contains("LoadBalancer:Retri: unknown key; did you mean Retry?", process.Output, StringComparison.Ordinal);
        Assert.Contains("LoadBalancer:Clusters:api:Policy: 'Nearest' is not allowed; allowed: First", process.Output, StringComparison.Ordinal);
        Assert.Contains("LoadBalancer:Clusters:web: unknown key", process.Output, StringComparison.Ordinal);
        Assert.Contains("Destinations:api-2:Metadata:Weight: '0' is not allowed; allowed: 1 to 1000", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventLoops_UnderKestrel_RunHandlersAndBodies()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var server = await RunningProgram.StartAsync(Sample("EventLoopsUnderKestrel"), cancellationToken);
        using var body = new ByteArrayContent(Enumerable.Range(0, 1_000_000).Select(i => (byte)i).ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

        // Kestrel starts each connection on the thread pool, and stays there as long as reads complete without waiting.
        if (OperatingSystem.IsLinux())
        {
            await Eventually.TrueAsync(
                async () => (await server.Client.GetStringAsync("/", cancellationToken))
                    .StartsWith("Hello from Event loop ", StringComparison.Ordinal),
                cancellationToken);
        }

        using var echo = await server.Client.PostAsync("/echo", body, cancellationToken);

        Assert.Equal(await body.ReadAsByteArrayAsync(cancellationToken), await echo.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    private static string Sample(string name) => FreshDirectory.BuiltProgram(Path.Combine("samples", name), name);
}
