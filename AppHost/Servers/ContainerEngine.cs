using AspireLB.AppHost.Options;
using Microsoft.Extensions.Configuration;

namespace AspireLB.AppHost.Servers;

/// <summary>The container engine that Aspire uses, through its command line.</summary>
internal sealed class ContainerEngine(string program)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>docker or podman.</summary>
    public string Program { get; } = program;

    /// <summary>
    /// The engine named by the options, else the first that answers. Asks what Aspire's orchestrator asks: a client without its daemon fails.
    /// </summary>
    /// <returns>The engine, or null and why there is none.</returns>
    public static async Task<(ContainerEngine? Engine, string Reason)> FindAsync(AppHostOptions options)
    {
        string[] candidates = options.Engine is { } wanted ? [wanted] : ["docker", "podman"];
        var reasons = new List<string>();
        foreach (var candidate in candidates)
        {
            var answer = await Tool.RunAsync(candidate, ["container", "ls", "--last", "1", "--quiet"], Patience);
            if (answer.Succeeded)
                return (new ContainerEngine(candidate), "");
            reasons.Add($"{candidate}: {answer.Reason}");
        }
        return (null, $"no container engine answers ({string.Join("; ", reasons)})");
    }

    /// <summary>
    /// Tells Aspire to use this engine. Its tunnel from containers to the dashboard needs podman 5: older ones do not list a network's
    /// containers, and the start would never end.
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
        var answer = await Tool.RunAsync(Program, ["version", "--format", "{{.Client.Version}}"], Patience);
        return int.TryParse(answer.Output.Trim().Split('.')[0], out var major) ? major : 0;
    }
}
