using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Finds or makes what the resources need before the first of them starts: a Python with Flask, a container engine, the image.</summary>
internal sealed class Preparation(IConfiguration configuration, ConsoleLog log, LaunchThread thread, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, string> _images = [];
    private readonly Dictionary<string, string> _pythons = [];
    private ContainerEngine? _engine;
    private ContainerWatchdog? _watchdog;

    /// <returns>How to start each resource.</returns>
    /// <exception cref="PrerequisiteException">Something is missing.</exception>
    public async Task<IReadOnlyDictionary<IResource, ResourceStart>> PrepareAsync(IReadOnlyList<IResource> resources, CancellationToken cancellation)
    {
        var starts = new Dictionary<IResource, ResourceStart>();
        foreach (var resource in resources)
        {
            var environment = ResourceEnvironment.For(resource, Environment.GetEnvironmentVariable, $"{resource.Name}-{Environment.ProcessId}");
            starts[resource] = resource switch
            {
                ProjectResource project => OfProject(project, environment),
                PythonAppResource app => await OfPythonAppAsync(app, environment, cancellation),
                ContainerResource container => await OfContainerAsync(container, environment, cancellation),
                _ => throw new NotSupportedException($"The embedded host does not know how to start {resource.Name}."),
            };
        }
        return starts;
    }

    public void Dispose() => _watchdog?.Dispose();

    private static ResourceStart OfProject(ProjectResource project, Dictionary<string, string> environment)
    {
        environment["EXIT_WITH_PARENT"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return ResourceStart.OfProcess(new ProcessCommand(DotNet.Program, [project.AssemblyPath], project.Directory, environment));
    }

    private async Task<ResourceStart> OfPythonAppAsync(PythonAppResource app, Dictionary<string, string> environment, CancellationToken cancellation)
    {
        if (!_pythons.TryGetValue(app.Directory, out var python))
            _pythons[app.Directory] = python = await new PythonFinder(Environment.GetEnvironmentVariable, log.Say, time).FindAsync(app.Directory, cancellation);
        environment["EXIT_WITH_PARENT"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return ResourceStart.OfProcess(new ProcessCommand(python, [app.Script, .. app.Description.Arguments], app.Directory, environment));
    }

    private async Task<ResourceStart> OfContainerAsync(ContainerResource container, Dictionary<string, string> environment, CancellationToken cancellation)
    {
        var engine = _engine ??= await StartEngineAsync(cancellation);
        var image = await BuildAsync(engine, container, cancellation);
        return new ResourceStart(engine.Run(container, image, environment), () => engine.RemoveAsync([ContainerEngine.ContainerName(container.Name)], CancellationToken.None));
    }

    private async Task<ContainerEngine> StartEngineAsync(CancellationToken cancellation)
    {
        var wanted = configuration["Containers:Engine"] ?? configuration["ASPIRE_CONTAINER_RUNTIME"];
        var flags = configuration["Containers:BuildFlags"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var engine = await ContainerEngine.FindAsync(wanted, flags, cancellation);
        _watchdog = await ContainerWatchdog.StartAsync(thread, engine);
        if (await engine.RemoveLeftoversAsync(cancellation) is > 0 and var count)
            log.Say($"removed {count} {(count == 1 ? "container" : "containers")} that a killed host had left");
        return engine;
    }

    /// <summary>Builds the image once for all containers that describe the same one.</summary>
    private async Task<string> BuildAsync(ContainerEngine engine, ContainerResource container, CancellationToken cancellation)
    {
        var key = $"{container.ContextPath}\n{container.Dockerfile}\n{string.Join('\n', container.BuildArguments)}";
        if (_images.TryGetValue(key, out var image))
            return image;

        var idFile = Path.GetTempFileName();
        try
        {
            var command = engine.Build(container, idFile);
            log.Say($"building {Path.Combine(container.ContextPath, container.Dockerfile)} with {engine.Program}");
            var build = await ChildProcess.StartAsync(thread, command, line => log.Write("build", line), time);
            await using (cancellation.Register(build.Kill))
            {
                var exitCode = await build.Ended;
                cancellation.ThrowIfCancellationRequested();
                if (exitCode != 0)
                    throw new PrerequisiteException($"The image of {container.Name} could not be built ({engine.Program} build ended with {ExitStatus.Describe(exitCode)}): its output above says why.");
            }
            return _images[key] = (await File.ReadAllTextAsync(idFile, cancellation)).Trim();
        }
        finally
        {
            File.Delete(idFile);
        }
    }
}
