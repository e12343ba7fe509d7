using System.Diagnostics;

namespace AspireLB.Hosting.Tests.EndToEnd;

/// <summary>The package, used by an application that has nothing of this repository.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Version = "0.0.0-test";
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-package-");

    [Fact]
    public async Task Package_InAFreshAppHost_BringsABalancerThatAnswers()
    {
        var project = Path.Combine(Repository(), "Hosting", "Hosting.csproj");
        var feed = Path.Combine(_directory.FullName, "feed");
        await RunAsync("pack", project, "--no-build", "-c", Configuration, "-o", feed, $"-p:PackageVersion={Version}");
        WriteApplication();
        await RunAsync("build", Path.Combine(_directory.FullName, "Fresh.csproj"));

        Assert.Equal("hello", (await RunAsync(Path.Combine(_directory.FullName, "bin", "Debug", "net10.0", "Fresh.dll"))).Split('\n')[^2]);
    }

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        foreach (var cached in Cached().Where(Directory.Exists))
            Directory.Delete(cached, recursive: true);
    }

    // The balancer's client is the application itself: it prints what the balancer answers, and ends.
    private void WriteApplication()
    {
        foreach (var cached in Cached().Where(Directory.Exists))
            Directory.Delete(cached, recursive: true);
        Write("nuget.config", """
            <configuration><packageSources><add key="aspirelb-test" value="feed" /></packageSources></configuration>
            """);
        Write("Fresh.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Sdk Name="Aspire.AppHost.Sdk" Version="13.6.4" />
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Aspire.Hosting.AppHost" Version="13.6.5" />
                <PackageReference Include="AspireLB.Hosting" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        Write("index.html", "hello");
        Write("server.py", """
            import http.server, os
            address = ("127.0.0.1", int(os.environ["PORT"]))
            http.server.ThreadingHTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()
            """);
        Write("Program.cs", """
            var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
            var web = builder.AddExecutable("web", "python3", builder.AppHostDirectory, "server.py").WithHttpEndpoint(env: "PORT");
            var balancer = builder.AddLoadBalancer("lb").WithBackend(web);
            await using var application = builder.Build();
            await application.StartAsync();
            await application.ResourceNotifications.WaitForResourceHealthyAsync("lb");
            using var client = new HttpClient();
            var answer = await client.GetAsync(balancer.Resource.HttpEndpoint.Url);
            while (!answer.IsSuccessStatusCode)
            {
                await Task.Delay(100);
                answer = await client.GetAsync(balancer.Resource.HttpEndpoint.Url);
            }
            var text = await answer.Content.ReadAsStringAsync();
            await application.StopAsync();
            Console.WriteLine(text.Trim());
            """);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory.FullName, name), text);

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _directory.FullName, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, output);
            return output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static IEnumerable<string> Cached()
    {
        var root = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        yield return Path.Combine(root, "aspirelb.hosting", Version);
    }

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "AspireLB.sln")))
            directory = directory.Parent!;
        return directory.FullName;
    }
}
