using System.Reflection;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Observing.Dashboards;

namespace AspireLB.LoadBalancer.Commands;

/// <summary>
/// Runs the command line: <c>--Key value</c> pairs as in .NET configuration, and a few commands. Every failure to start ends in one clear message
/// and exit code 2.
/// </summary>
internal static class CommandLine
{
    public const int Failure = 2;

    private static readonly string[] Sections =
        ["Urls", "Backends", "LoadBalancer", "Admin", "ReverseProxy", "Logging", "Kestrel", "Services", "AllowedHosts", "Environment", "ContentRoot"];

    public static async Task<int> RunAsync(string[] arguments, Func<string[], WebApplication> build)
    {
        try
        {
            return arguments.FirstOrDefault() switch
            {
                "--help" or "-h" or "-?" or "help" => Print(Help.Text),
                "--version" => Print("AspireLB " + Version),
                "health" => await HealthCommand.RunAsync(arguments[1..]),
                "check" => await ConfigurationCommands.CheckAsync(arguments[1..]),
                "diff" => await ConfigurationCommands.DiffAsync(arguments[1..]),
                "dashboard" => Print(GrafanaDashboard.Print()),
                "alerts" => Print(AlertRules.Print()),
                "schema" => ConfigurationCommands.PrintSchema(),
                _ => await RunBalancerAsync(arguments, build),
            };
        }
        catch (InvalidConfigurationException invalid)
        {
            var count = invalid.Errors.Count;
            return Fail(
                count == 1 ? "the configuration has an error:" : $"the configuration has {count} errors:",
                [.. invalid.Errors.Select(error => error.ToString())]);
        }
        catch (InvalidDataException unreadable)
        {
            return Fail("a configuration file can't be read:", UnreadableFile.Describe(unreadable));
        }
    }

    public static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static async Task<int> RunBalancerAsync(string[] arguments, Func<string[], WebApplication> build)
    {
        Check(arguments);
        await using var app = build(arguments);
        try
        {
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return 0; // stopped on request before it had started
        }
        catch (Exception exception)
        {
            await EndAsync(app);
            var reason = $"can't start: {exception.Message.Split('\n')[0].TrimEnd()} ({exception.GetType().Name})";
            return Fail(ListenFailure.Describe(exception) ?? reason);
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    // Stop the services that have already started: they would log errors if they were disposed while running.
    private static async Task EndAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync(new CancellationToken(canceled: true));
        }
        catch (Exception)
        {
            // The original failure is reported already.
        }
    }

    private static int Print(string text)
    {
        Console.WriteLine(text);
        return 0;
    }

    /// <exception cref="InvalidConfigurationException">With every argument that is not a known option.</exception>
    internal static void Check(string[] arguments)
    {
        var errors = new List<ConfigurationError>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            var key = argument.Split('=')[0].TrimStart('-');
            var hasValue = argument.Contains('=', StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                errors.Add(new(argument, null, "unexpected; options are written --Key value, see --help"));
            else if (!Sections.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase))
            {
                var hint = NearestName.Find(key.Split(':')[0], Sections) is { } near ? $"did you mean --{near}?" : "see --help";
                errors.Add(new("--" + key, null, "unknown option; " + hint));
                if (!hasValue && i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                    i++; // its value
            }
            else if (!hasValue && ++i >= arguments.Length)
            {
                errors.Add(new(argument, null, "a value is missing"));
            }
        }

        if (errors.Count > 0)
            throw new InvalidConfigurationException(errors);
    }

    private static int Fail(string sentence, params string[] lines)
    {
        Console.Error.WriteLine("LoadBalancer: " + sentence);
        foreach (var line in lines)
            Console.Error.WriteLine("  " + line);
        return Failure;
    }
}
