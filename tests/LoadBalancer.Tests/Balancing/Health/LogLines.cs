using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>Keeps what is logged under some categories, the project's own unless others are named.</summary>
/// <param name="categories">What their names begin with.</param>
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
        // Nothing is held.
    }
}
