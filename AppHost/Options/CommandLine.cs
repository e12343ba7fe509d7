namespace AspireLB.AppHost.Options;

/// <summary>Rejects arguments that would have no effect.</summary>
internal static class CommandLine
{
    private static readonly string[] OwnSections = ["Backends", "LoadBalancer", "Containers", "Dashboard", "Logging"];

    /// <summary>Arguments that .NET Aspire, its command line and its testing package pass or document.</summary>
    private static readonly string[] AspireNames =
    [
        "operation", "step", "output-path", "publisher", "log-level", "environment", "contentRoot", "applicationName", "list-steps",
        "include-exception-details", "clear-cache",
    ];

    private static readonly string[] AspirePrefixes =
    [
        "AppHost:", "Aspire:", "DcpPublisher:", "Parameters:", "ConnectionStrings:", "Pipeline:", "Publishing:",
        "ASPIRE_", "ASPNETCORE_", "DOTNET_", "DCP_",
    ];

    /// <summary>Returns one sentence for each unknown argument. Keys within our sections are checked where the configuration is read.</summary>
    public static IEnumerable<string> Mistakes(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var (key, hasValue) = args[i].IndexOf('=') is var equals and >= 0 ? (args[i][..equals], true) : (args[i], false);
            if (!key.StartsWith("--", StringComparison.Ordinal) || !(IsOwn(key[2..]) || IsAspires(key[2..])))
                yield return $"{key} is not an option: --help lists them.";
            else if (!hasValue && IsOwn(key[2..]) && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
                yield return $"{key} needs a value: {key}=value.";
            else if (!hasValue && i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                i++;
        }
    }

    private static bool IsOwn(string key) =>
        key.IndexOf(':') is var colon and > 0 && OwnSections.Contains(key[..colon], StringComparer.OrdinalIgnoreCase);

    private static bool IsAspires(string key) =>
        AspireNames.Contains(key, StringComparer.OrdinalIgnoreCase)
        || Array.Exists(AspirePrefixes, prefix => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
