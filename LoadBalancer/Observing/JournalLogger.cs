using Microsoft.Extensions.Logging.Abstractions;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// Turns log messages into journal events, so that each event is reported in one place and log and console agree. It has its own log level:
/// a quieter log does not make the console quieter.
/// </summary>
internal sealed class JournalLogger(EventJournal journal) : ILoggerProvider, ILogger
{
    public const string Category = "AspireLB";

    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith(Category, StringComparison.Ordinal) ? this : NullLogger.Instance;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (KindOf(eventId.Name) is not { } kind || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            return;

        var detail = kind switch
        {
            EventKinds.Ejected => $"for {Value(values, "Seconds")} s: {Value(values, "Reason")}",
            EventKinds.Down => Value(values, "Reason"),
            EventKinds.Reload => $"{Value(values, "Routes")} routes, {Value(values, "Backends")} backends",
            EventKinds.Refused => Value(values, "Errors"),
            _ => null,
        };
        var ofBackend = kind is not (EventKinds.Reload or EventKinds.Refused);
        journal.Add(kind, ofBackend ? Value(values, "Cluster") : null, ofBackend ? Value(values, "Backend") : null, detail);
    }

    public void Dispose()
    {
    }

    private static string? KindOf(string? eventName) => eventName switch
    {
        "BackendUp" => EventKinds.Up,
        "BackendDown" => EventKinds.Down,
        "BackendEjected" => EventKinds.Ejected,
        "BackendTakenBack" => EventKinds.Recovered,
        "BackendDrained" => EventKinds.Drained,
        "ConfigurationApplied" => EventKinds.Reload,
        "ConfigurationRefused" => EventKinds.Refused,
        _ => null,
    };

    private static string? Value(IReadOnlyList<KeyValuePair<string, object?>> values, string key) =>
        values.FirstOrDefault(value => value.Key == key).Value is { } found
            ? Convert.ToString(found, System.Globalization.CultureInfo.InvariantCulture)
            : null;
}
