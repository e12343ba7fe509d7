namespace AspireLB.AppHost;

/// <summary>What differs between the embedded host and real Aspire where the options are read: Aspire's side.</summary>
internal static class HostMode
{
    public const BackendRun DefaultRun = BackendRun.Container;

    public const string Help = "  Options of .NET Aspire itself are passed on to it.";

    public static readonly (string Section, string[] Keys)[] Sections = [];

    /// <summary>Aspire has command-line options of its own, which only it can check.</summary>
    public static IEnumerable<string> CheckArguments(string[] args) => [];
}
