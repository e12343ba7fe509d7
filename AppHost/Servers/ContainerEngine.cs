using AspireLB.AppHost.Options;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost.Servers;

/// <summary>Runs the container engine that Aspire uses, through its command line.</summary>
internal sealed class ContainerEngine(string program)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>docker or podman.</summary>
    public string Program { get; } = program;

    /// <summary>
    /// Finds the engine that the options name, or else the first that responds. It runs the same query as Aspire's orchestrator, which fails
    /// if only the client is installed and its daemon is not running.
    /// </summary>
    /// <returns>The engine, or null and the reason why there is none.</returns>
    public static async Task<(ContainerEngine? Engine, string Reason)> FindAsync(AppHostOptions options)
    {
        string[] candidates = options.Engine is { } wanted ? [wanted] : ["docker", "podman"];
        var reasons = new List<string>();
        foreach (var candidate in candidates)
        {
            var result = await Tool.RunAsync(candidate, ["container", "ls", "--last", "1", "--quiet"], Patience);
            if (result.Succeeded)
                return (new ContainerEngine(candidate), "");
            reasons.Add($"{candidate}: {result.Reason}");
        }
        return (null, $"no container engine answers ({string.Join("; ", reasons)})");
    }

    /// <summary>
    /// Tells Aspire to use this engine. Aspire's tunnel from containers to the dashboard needs podman 5: older versions do not list the
    /// containers of a network, and start-up would hang.
    /// </summary>
    public async Task UseAsync(IConfiguration configuration)
    {
        configuration["ASPIRE_CONTAINER_RUNTIME"] = Program;
        if (Program == "podman" && await MajorVersionAsync() < 5)
            configuration["ASPIRE_ENABLE_CONTAINER_TUNNEL"] = "false";
    }

    public async Task<bool> HasImageAsync(string image) => (await Tool.RunAsync(Program, ["image", "inspect", image], Patience)).Succeeded;

    private async Task<int> MajorVersionAsync()
    {
        var result = await Tool.RunAsync(Program, ["version", "--format", "{{.Client.Version}}"], Patience);
        return int.TryParse(result.Output.Trim().Split('.')[0], out var major) ? major : 0;
    }
}
