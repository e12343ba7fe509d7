using AspireLB.AppHost.Embedded;
using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

public sealed class DistributedApplicationBuilderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-tests-");

    [Fact]
    public void Configuration_CommandLineWinsOverFilesAndTheEnvironmentsFileOverTheOther()
    {
        Write("appsettings.json", """{"Backends": {"Count": 1, "Port": 7001, "Run": "process"}}""");
        Write("appsettings.Lab.json", """{"Backends": {"Count": 2, "Port": 7002}}""");

        var builder = new DistributedApplicationBuilder(["--environment=Lab", "--Backends:Count=3"], _directory.FullName);

        Assert.Equal("Lab", builder.Environment.EnvironmentName);
        Assert.Equal("3", builder.Configuration["Backends:Count"]);
        Assert.Equal("7002", builder.Configuration["Backends:Port"]);
        Assert.Equal("process", builder.Configuration["Backends:Run"]);
    }

    [Fact]
    public void Configuration_FileIsNotJson_OneSentenceThatNamesIt()
    {
        Write("appsettings.json", """{"Backends": """);

        var problem = Assert.Throws<PrerequisiteException>(() => new DistributedApplicationBuilder([], _directory.FullName));

        Assert.Contains("appsettings.json", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory.FullName, name), text);
}
