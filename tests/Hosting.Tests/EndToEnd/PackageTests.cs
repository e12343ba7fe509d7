using AspireLB.Tests.Shared;

namespace AspireLB.Hosting.Tests.EndToEnd;

/// <summary>Tests the package in an application that uses nothing else from this repository.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly FreshDirectory _directory = new();

    [Fact]
    public async Task Package_InAFreshAppHost_BringsABalancerThatAnswers()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await _directory.PackAsync("Hosting", cancellationToken);
        WriteApplication();
        await _directory.RunAsync(cancellationToken, "build", _directory.PathOf("Fresh.csproj"));

        var output = await _directory.RunAsync(cancellationToken, _directory.PathOf("bin", "Debug", "net10.0", "Fresh.dll"));
        Assert.Equal("hello", output.Split('\n')[^2]);
    }

    public void Dispose() => _directory.Dispose();

    // The application itself is the balancer's client: it prints the balancer's responses and exits.
    private void WriteApplication()
    {
        _directory.Write("Fresh.csproj", $"""
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
                <PackageReference Include="AspireLB.Hosting" Version="{FreshDirectory.Version}" />
              </ItemGroup>
            </Project>
            """);
        _directory.Write("index.html", "hello");
        _directory.Write("server.py", """
            import http.server, os
            address = ("127.0.0.1", int(os.environ["PORT"]))
            http.server.ThreadingHTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()
            """);
        _directory.Write("Program.cs", """
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
}
