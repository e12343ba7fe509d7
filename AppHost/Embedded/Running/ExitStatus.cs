namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Exit codes in words.</summary>
internal static class ExitStatus
{
    private const int SignalBase = 128;

    private const int EngineFailed = 125;
    private const int NotFound = 127;

    /// <summary>By the convention of this project: bad arguments or configuration.</summary>
    public const int BadConfiguration = 2;

    /// <summary>
    /// Why starting again would not help, or null where it might: bad configuration, or by the convention of shells and container engines
    /// a program that cannot be run (126, 127) or an engine that refuses to (125).
    /// </summary>
    public static string? Hopeless(int exitCode) => exitCode switch
    {
        BadConfiguration => "which means bad arguments or configuration: its last lines above say what to change",
        >= EngineFailed and <= NotFound => "which means that it could not be started: its last lines above say why",
        _ => null,
    };

    public static string Describe(int exitCode) => exitCode is > SignalBase and < SignalBase + 32
        ? $"exit code {exitCode} ({Unix.SignalName(exitCode - SignalBase)})"
        : $"exit code {exitCode}";
}
