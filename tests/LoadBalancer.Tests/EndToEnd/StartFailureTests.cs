namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public class StartFailureTests
{
    private const string Free = "http://127.0.0.1:0";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--Backend: unknown option; did you mean --Backends?", "--Backend", "http://localhost:5001")]
    [InlineData(
        "LoadBalancer:Health:Active:Interval: '5' is not allowed; expected: a time as hh:mm:ss",
        "--LoadBalancer:Health:Active:Interval", "5")]
    [InlineData("LoadBalancer:Policy: 'Fastest' is not allowed; allowed: FirstAlphabetical, LeastRequests, ", "--LoadBalancer:Policy", "Fastest")]
    [InlineData("Backends: 'localhost:5001' is not allowed; expected: the URL of a backend", "--Backends", "localhost:5001")]
    [InlineData("Urls: '8080' is not allowed; expected: addresses to listen on", "--Urls", "8080")]
    [InlineData("Admin:Token: a token is required unless the admin listener is on a loopback address", "--Admin:Urls", "http://0.0.0.0:0")]
    [InlineData("the address to listen on is not one of this machine's", "--Urls", "http://192.0.2.1:80")]
    [InlineData(
        "LoadBalancer: can't start: Unable to configure HTTPS endpoint. No server certificate was specified",
        "--Urls", "https://127.0.0.1:0")]
    [InlineData("Admin:Tls:Certificate: a certificate is required for an https address (https://127.0.0.1:0)", "--Admin:Urls", "https://127.0.0.1:0")]
    public async Task Mistake_OnTheCommandLine_IsOneClearMessageAndExitCode2(string message, params string[] arguments)
    {
        string[] free =
        [
            .. arguments.Contains("--Urls") ? [] : new[] { "--Urls", Free },
            .. arguments.Contains("--Admin:Urls") ? [] : new[] { "--Admin:Urls", Free },
        ];

        Assert.Contains(message, await FailureAsync([.. arguments, .. free]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralMistakes_OnTheCommandLine_AreAllReported()
    {
        var output = await FailureAsync(
            ["--Urls", Free, "--Admin:Urls", Free, "--Backends", "a,b", "--LoadBalancer:Retry:MaxAttempts", "0", "--LoadBalancer:Polcy", "Random"]);

        Assert.StartsWith("LoadBalancer: the configuration has 4 errors:", output, StringComparison.Ordinal);
        Assert.Equal(5, output.TrimEnd().Split('\n').Length);
    }

    [Theory]
    [InlineData("--Urls", "--Admin:Urls")]
    [InlineData("--Admin:Urls", "--Urls")]
    public async Task PortInUse_AtStart_NamesItAndExitCode2(string used, string free)
    {
        using var taken = new RefusingPort();
        taken.Listen();

        var output = await FailureAsync([used, taken.Url, free, Free]);

        Assert.Contains($"{taken.Url}: address already in use", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Backends\": [ }", "LineNumber: 0")]
    [InlineData("{ \"Urls\": \"http://127.0.0.1:0\", \"urls\": \"http://127.0.0.1:0\" }", "Urls")]
    public async Task UnreadableFile_AtStart_IsNamedWithThePlace(string json, string place)
    {
        var directory = Directory.CreateTempSubdirectory("aspirelb-start-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "appsettings.json"), json, Cancelled);

            var output = await FailureAsync(["--Admin:Urls", Free], directory.FullName);

            Assert.Contains("appsettings.json", output, StringComparison.Ordinal);
            Assert.Contains(place, output, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<string> FailureAsync(string[] arguments, string? directory = null)
    {
        await using var process = LoadBalancerProcess.Run(arguments, directory: directory);
        var code = await process.ExitCodeAsync(Cancelled);
        Assert.True(code == 2, $"exit code {code}:\n{process.Output}");
        Assert.Single(process.Output.Split('\n'), line => line.StartsWith("LoadBalancer: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        return process.Output;
    }
}
