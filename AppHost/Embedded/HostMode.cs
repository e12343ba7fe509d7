namespace AspireLB.AppHost;

/// <summary>What differs between the embedded host and real Aspire where the options are read: the embedded host's side.</summary>
internal static class HostMode
{
    public const BackendRun DefaultRun = BackendRun.Process;

    public const string Help =
        """
          --Containers:Engine=E         podman or docker (default: the first of docker and podman that answers)
          --Containers:BuildFlags=F     further flags of the engine's build, separated by spaces
          --environment=E               value of ASPNETCORE_ENVIRONMENT for the balancer (default Production)
        """;

    public static readonly (string Section, string[] Keys)[] Sections = [("Containers", ["Engine", "BuildFlags"])];

    private static readonly string[] SectionNames = ["Backends", "LoadBalancer", .. Sections.Select(known => known.Section)];

    /// <summary>A sentence for each argument that is no option. Keys within a known section are checked where the configuration is read.</summary>
    public static IEnumerable<string> CheckArguments(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var (key, hasValue) = args[i].IndexOf('=') is var equals and >= 0 ? (args[i][..equals], true) : (args[i], false);
            if (!key.StartsWith("--", StringComparison.Ordinal) || !IsKnown(key[2..]))
                yield return $"{key} is not an option: --help lists them.";
            else if (!hasValue && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
                yield return $"{key} needs a value: {key}=value.";
            else if (!hasValue)
                i++;
        }
    }

    private static bool IsKnown(string key) =>
        key.Equals("environment", StringComparison.OrdinalIgnoreCase)
        || (key.IndexOf(':') is var colon and > 0 && SectionNames.Contains(key[..colon], StringComparer.OrdinalIgnoreCase));
}
