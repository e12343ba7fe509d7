using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>Keeps what is logged under the project's own categories.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IEnumerable<string> All => _lines;

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("AspireLB", StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {eventId.Name}: {formatter(state, exception)}");

    public void Dispose()
    {
        // Nothing is held.
    }
}
