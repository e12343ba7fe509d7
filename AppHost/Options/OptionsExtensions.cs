using System.Diagnostics.CodeAnalysis;

namespace AspireLB.AppHost.Options;

/// <summary>Reads the options at the beginning of AppHost.cs.</summary>
internal static class OptionsExtensions
{
    /// <summary>
    /// Reads and checks the options, including whether ports are in use, before anything starts. If it returns false, it has written the help
    /// for <c>--help</c> or all the mistakes, and has set <see cref="Environment.ExitCode"/> (0 for help, 2 for mistakes).
    /// </summary>
    public static bool TryReadOptions(this IDistributedApplicationBuilder builder, string[] args, [NotNullWhen(true)] out AppHostOptions? options)
    {
        options = null;
        if (args.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            Console.Out.WriteLine(AppHostOptions.Help);
            return false;
        }

        var reader = new OptionsReader(builder.Configuration);
        var read = reader.Read();
        IReadOnlyList<string> mistakes = [.. CommandLine.Mistakes(args), .. reader.Mistakes];
        if (mistakes.Count == 0 && builder.ExecutionContext.IsRunMode)
            mistakes = [.. PortUse.Taken(read)];
        foreach (var mistake in mistakes)
            Console.Error.WriteLine(mistake);
        if (mistakes.Count > 0)
        {
            Environment.ExitCode = ExitCodes.Unusable;
            return false;
        }

        HideFromChildren();
        options = read;
        return true;
    }

    /// <summary>Child processes inherit the environment, and the balancer's own sections Backends and LoadBalancer have other keys.</summary>
    private static void HideFromChildren()
    {
        string[] ours =
        [
            "Backends__Count", "Backends__Port", "Backends__Ports", "Backends__Run", "Backends__BuildArgs",
            "LoadBalancer__Port", "LoadBalancer__AdminPort",
        ];
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (ours.Any(key => $"{name}__".StartsWith($"{key}__", StringComparison.OrdinalIgnoreCase)))
                Environment.SetEnvironmentVariable(name, null);
        }
    }
}
