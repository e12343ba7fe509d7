using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting;
using AspireLB.Hosting.Following;
using AspireLB.Hosting.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>Adds the load balancer AspireLB to an application and configures it.</summary>
public static partial class LoadBalancerBuilderExtensions
{
    private const int ContainerPort = 8080;
    private const int ContainerConsolePort = 9090;

    /// <summary>Adds a load balancer. Call <c>WithBackend</c> or <c>WithRoute</c> to give it backends.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="port">Port for clients; null selects a free one. Aspire puts no proxy in front of it.</param>
    /// <param name="adminPort">Port of console and admin API, on loopback; null selects a free one.</param>
    /// <returns>The balancer.</returns>
    public static IResourceBuilder<LoadBalancerResource> AddLoadBalancer(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null, int? adminPort = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var program = ProgramLocation.Find(builder.AppHostAssembly);
        var balancer = new LoadBalancerResource(name, DirectoryOf(program) ?? builder.AppHostDirectory) { Program = program };
        var isRun = builder.ExecutionContext.IsRunMode;

        var resource = builder.AddResource(balancer)
            .WithHttpEndpoint(Port(port), isRun ? null : ContainerPort, LoadBalancerResource.HttpEndpointName, isProxied: !isRun)
            .WithHttpEndpoint(Port(adminPort), isRun ? null : ContainerConsolePort, LoadBalancerResource.ConsoleEndpointName, isProxied: !isRun)
            .WithArgs(context => AddArguments(context, balancer))
            .WithEnvironment(new BalancerEnvironment(balancer, TimeProvider.System).WriteAsync)
            .WithHttpHealthCheck("/health", endpointName: LoadBalancerResource.ConsoleEndpointName)
            .WithUrlForEndpoint(LoadBalancerResource.HttpEndpointName, url => url.DisplayText = "Balancer")
            .WithUrlForEndpoint(LoadBalancerResource.ConsoleEndpointName, url => url.DisplayText = "Console")
            .WithOtlpExporter()
            .WithoutHttpsCertificate() // it listens on HTTP; otherwise every dashboard page warns of a missing certificate
            .WithIconName("ArrowSplit");
        if (isRun)
            resource.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName); // as Aspire does for projects
        else
            resource.AsContainer();
        builder.Eventing.Subscribe<BeforeStartEvent>((starting, _) => BeginAsync(starting.Services, balancer, isRun));
        return resource;

        int? Port(int? wanted) => wanted ?? (isRun ? FreePort.Find() : null);
    }

    /// <summary>Runs this program instead of the one in the package.</summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="path">LoadBalancer.dll or a native executable. A relative path starts at the AppHost's directory.</param>
    /// <returns>The balancer.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static IResourceBuilder<LoadBalancerResource> WithProgram(this IResourceBuilder<LoadBalancerResource> builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path, builder.ApplicationBuilder.AppHostDirectory);
        if (builder.ApplicationBuilder.ExecutionContext.IsRunMode && !File.Exists(full))
            throw new FileNotFoundException($"The program of load balancer '{builder.Resource.Name}' is not there: {full}", full);

        builder.Resource.Program = full;
        return builder.WithCommand(ProgramLocation.CommandFor(full).Command).WithWorkingDirectory(DirectoryOf(full)!);
    }

    private static void AddArguments(CommandLineArgsCallbackContext context, LoadBalancerResource balancer)
    {
        if (context.ExecutionContext.IsRunMode && balancer is { RunsAsContainer: false, Program: { } program })
        {
            foreach (var argument in ProgramLocation.CommandFor(program).Arguments)
                context.Args.Add(argument);
        }
    }

    private static Task BeginAsync(IServiceProvider services, LoadBalancerResource balancer, bool isRun)
    {
        BalancerCheck.Check(balancer, needsProgram: isRun && !balancer.RunsAsContainer);
        if (isRun)
        {
            var logger = services.GetRequiredService<ILogger<LoadBalancerResource>>();
            var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            var follower = new BackendFollower(balancer, new AdminClient(balancer), TimeProvider.System, logger);
            _ = follower.RunAsync(services.GetRequiredService<ResourceNotificationService>(), stopping);
        }

        return Task.CompletedTask;
    }

    private static string? DirectoryOf(string? program) => Path.GetDirectoryName(program);
}
