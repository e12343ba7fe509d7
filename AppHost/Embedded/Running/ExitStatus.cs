namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Exit codes in words.</summary>
internal static class ExitStatus
{
    private const int SignalBase = 128;

    /// <summary>By the convention of this project: bad arguments or configuration, so that starting again would not help.</summary>
    public const int BadConfiguration = 2;

    public static string Describe(int exitCode) => exitCode is > SignalBase and < SignalBase + 32
        ? $"exit code {exitCode} ({Unix.SignalName(exitCode - SignalBase)})"
        : $"exit code {exitCode}";
}
