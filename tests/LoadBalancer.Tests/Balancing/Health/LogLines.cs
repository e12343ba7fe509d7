using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>LogLines collects the log lines of some categories, by default the project's own.</summary>
/// <param name="categories">Prefixes of the categories' names.</param>
internal sealed class LogLines(string categories = "AspireLB") : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IEnumerable<string> All => _lines;

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(categories, StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {eventId.Name}: {formatter(state, exception)}");

    public void Dispose()
    {
        // There is nothing to dispose of.
    }
}
