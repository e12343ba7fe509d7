using System.Reflection;
using AspireLB.AppHost.Embedded.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace AspireLB.AppHost.Embedded;

internal interface IDistributedApplicationBuilder
{
    /// <summary>appsettings.json beside the AppHost's project, its variant for the environment, environment variables, command line; the later wins.</summary>
    ConfigurationManager Configuration { get; }

    IHostEnvironment Environment { get; }

    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>Folder of the AppHost's project file; relative paths start there.</summary>
    string AppHostDirectory { get; }

    IList<IResource> Resources { get; }

    DistributedApplication Build();
}

/// <summary>The embedded host runs; it does not publish.</summary>
internal sealed record DistributedApplicationExecutionContext(bool IsRunMode);

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    /// <summary>Fails with <see cref="PrerequisiteException"/> where appsettings.json is not JSON.</summary>
    public DistributedApplicationBuilder(string[] args, string directory)
    {
        AppHostDirectory = directory;
        var name = new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddCommandLine(args).Build()["environment"] ?? Environments.Production;
        Environment = new HostEnvironment(name, AppHostDirectory);
        try
        {
            Configuration.SetBasePath(AppHostDirectory)
                .AddJsonFile("appsettings.json", optional: true)
                .AddJsonFile($"appsettings.{name}.json", optional: true)
                .AddEnvironmentVariables()
                .AddCommandLine(args);
        }
        catch (InvalidDataException problem)
        {
            throw new PrerequisiteException($"{problem.Message} {problem.GetBaseException().Message}");
        }
    }

    /// <summary>Folder of the project that this assembly was built from.</summary>
    public static string ProjectDirectory { get; } =
        typeof(DistributedApplicationBuilder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "AppHostDirectory").Value!;

    public ConfigurationManager Configuration { get; } = new();

    public IHostEnvironment Environment { get; }

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new(IsRunMode: true);

    public string AppHostDirectory { get; }

    public IList<IResource> Resources { get; } = [];

    public DistributedApplication Build() => new([.. Resources], Configuration);

    private sealed class HostEnvironment(string name, string directory) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = typeof(DistributedApplicationBuilder).Assembly.GetName().Name!;

        public string ContentRootPath { get; set; } = directory;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
