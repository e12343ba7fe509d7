using System.Diagnostics;
using System.Globalization;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Docker or Podman, through its command line.</summary>
internal sealed class ContainerEngine(string program, IReadOnlyList<string> buildFlags)
{
    private const string Label = "aspirelb.apphost";
    private const string NamePrefix = "aspirelb-";

    /// <summary>How containers reach the machine they run on: Podman's own name for it, which Docker is told.</summary>
    public const string HostName = "host.containers.internal";

    public string Program { get; } = program;

    /// <summary>The label of the containers that this run of the host starts.</summary>
    public static string RunLabel => LabelOf(Environment.ProcessId);

    /// <summary>The <paramref name="wanted"/> engine, or where that is null the first that answers; Docker's command line without its daemon does not.</summary>
    /// <exception cref="PrerequisiteException">No engine answers.</exception>
    public static async Task<ContainerEngine> FindAsync(string? wanted, IReadOnlyList<string> buildFlags, CancellationToken cancellation)
    {
        string[] candidates = wanted is { Length: > 0 } ? [wanted] : ["docker", "podman"];
        var reasons = new List<string>();
        foreach (var candidate in candidates)
        {
            var result = await Tool.RunAsync(new ProcessCommand(candidate, ["ps", "--quiet"]), cancellation);
            if (result.Succeeded)
                return new ContainerEngine(candidate, buildFlags);
            reasons.Add($"{candidate}: {result.Reason.TrimEnd('.')}");
        }
        throw new PrerequisiteException(
            $"Backends:Run=container needs {string.Join(" or ", candidates)}, which does not answer ({string.Join("; ", reasons)}): start it, or leave the option out to run the servers as processes.");
    }

    /// <summary>The label of the containers that the host with a process id started.</summary>
    public static string LabelOf(int host) => $"{Label}={host}";

    public static string ContainerName(string resource, int? host = null) => $"{NamePrefix}{host ?? Environment.ProcessId}-{resource}";

    /// <summary>Removes containers of hosts that were killed.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RemoveLeftoversAsync(CancellationToken cancellation)
    {
        var list = await Tool.RunAsync(new ProcessCommand(Program, ["ps", "--all", "--filter", $"label={Label}", "--format", "{{.Names}}"]), cancellation);
        string[] leftovers = [.. list.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(IsLeftover)];
        if (leftovers.Length > 0)
            await RemoveAsync(leftovers, cancellation);
        return leftovers.Length;
    }

    public Task RemoveAsync(IEnumerable<string> containers, CancellationToken cancellation) =>
        Tool.RunAsync(new ProcessCommand(Program, ["rm", "--force", .. containers]), cancellation);

    /// <returns>The command that builds the resource's image and writes its id to <paramref name="idFile"/>.</returns>
    public ProcessCommand Build(ContainerResource resource, string idFile) => new(Program,
    [
        "build", "--tag", $"{NamePrefix}{Path.GetFileName(resource.ContextPath).ToLowerInvariant()}", "--iidfile", idFile,
        "--file", Path.Combine(resource.ContextPath, resource.Dockerfile),
        .. buildFlags,
        .. resource.BuildArguments.SelectMany(argument => new[] { "--build-arg", $"{argument.Key}={argument.Value}" }),
        resource.ContextPath,
    ]);

    /// <returns>The command that runs the container and stays with it; a signal to it reaches the container.</returns>
    public ProcessCommand Run(ContainerResource resource, string image, IReadOnlyDictionary<string, string> environment) => new(Program,
    [
        "run", "--rm", "--name", ContainerName(resource.Name), "--label", RunLabel,
        .. IsPodman ? [] : new[] { "--add-host", $"{HostName}:host-gateway" },
        .. resource.Description.Endpoints.SelectMany(endpoint => new[] { "--publish", $"127.0.0.1:{endpoint.Port}:{endpoint.TargetPort ?? endpoint.Port}" }),
        .. environment.Keys.SelectMany(name => new[] { "--env", name }), // Values come from the command's own environment: they may be secret.
        image,
        .. resource.Description.Arguments,
    ], Environment: environment);

    private bool IsPodman => Path.GetFileName(Program).StartsWith("podman", StringComparison.Ordinal);

    /// <summary>Whether a container's host is gone. A process that has its id by now has another name, or is this one.</summary>
    private static bool IsLeftover(string container)
    {
        if (!container.StartsWith(NamePrefix, StringComparison.Ordinal)
            || container.Split('-', 3) is not [_, var id, _] || !int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var host))
            return false;
        if (host == Environment.ProcessId)
            return true;
        try
        {
            using var running = Process.GetProcessById(host);
            using var self = Process.GetCurrentProcess();
            return running.ProcessName != self.ProcessName;
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidOperationException)
        {
            return true;
        }
    }
}
