using AspireLB.Tests.Shared;

namespace AspireLB.Packages.Tests;

/// <summary>Tests the packages in projects that use nothing else from this repository.</summary>
public sealed class FreshProjectTests : IDisposable
{
    private readonly FreshDirectory _directory = new();

    [Fact]
    public async Task Packages_InFreshProjects_RunTheSamplesAndTheTool()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        foreach (var project in new[] { "EventLoops", "Balancing", "LoadBalancer" })
            await _directory.PackAsync(project, cancellationToken);
        string[] samples = ["Embed", "OwnPolicy"];
        foreach (var sample in samples)
            WriteProject(sample);
        _directory.Write("All.proj", """
            <Project>
              <Target Name="Build"><MSBuild Projects="Embed/Embed.csproj;OwnPolicy/OwnPolicy.csproj" Targets="Build" /></Target>
              <Target Name="Restore"><MSBuild Projects="Embed/Embed.csproj;OwnPolicy/OwnPolicy.csproj" Targets="Restore" /></Target>
            </Project>
            """);
        await _directory.RunAsync(cancellationToken, "build", "All.proj");

        await Scenarios.EmbedAsync(Built("Embed"), cancellationToken);
        await Scenarios.OwnPolicyAsync(Built("OwnPolicy"), cancellationToken);
        await RunToolAsync(cancellationToken);
        AssertSymbols();
    }

    public void Dispose() => _directory.Dispose();

    private string Built(string sample) => _directory.PathOf(sample, "bin", "Debug", "net10.0", $"{sample}.dll");

    private void WriteProject(string sample)
    {
        _directory.Write($"{sample}/{sample}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="AspireLB.Balancing" Version="{FreshDirectory.Version}" />
              </ItemGroup>
            </Project>
            """);
        var source = new DirectoryInfo(Path.Combine(FreshDirectory.Repository, "samples", sample));
        foreach (var file in source.GetFiles("*.cs").Concat(source.GetFiles("*.json")))
            file.CopyTo(_directory.PathOf(sample, file.Name));
    }

    private async Task RunToolAsync(CancellationToken cancellationToken)
    {
        await using var backend = await NamedBackend.StartAsync("behind the tool", cancellationToken);
        await _directory.RunAsync(cancellationToken, "tool", "install", "aspirelb", "--version", FreshDirectory.Version, "--tool-path", "tools");
        await using var tool = await RunningProgram.StartAsync(
            _directory.PathOf("tools", OperatingSystem.IsWindows() ? "aspirelb.exe" : "aspirelb"),
            ["--Backends", backend.Url, "--Urls", "http://127.0.0.1:0", "--Admin:Urls", "http://127.0.0.1:0"], "Listening on ", cancellationToken);

        Assert.Equal("behind the tool", await tool.Client.GetStringAsync("/", cancellationToken));
    }

    private void AssertSymbols() => Assert.Equal(
        new[] { "AspireLB.Balancing", "AspireLB.EventLoops", "aspirelb" }.Select(name => $"{name}.{FreshDirectory.Version}.snupkg"),
        Directory.GetFiles(_directory.Feed, "*.snupkg").Select(Path.GetFileName).Order(StringComparer.Ordinal));
}
