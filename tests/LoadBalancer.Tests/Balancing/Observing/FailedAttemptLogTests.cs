using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Observing;

public class FailedAttemptLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();

    [Fact]
    public async Task Add_SameFailureAgain_IsOneLineAndASum()
    {
        var log = new FailedAttemptLog(_time, _lines);
        var backend = new Backend("shop", new DestinationState("a", new DestinationModel(new DestinationConfig { Address = "http://a" })), _time);

        log.Add(backend, new(AttemptProgress.NeverConnected, AttemptFailure.Connection), isRetried: true);
        log.Add(backend, new(AttemptProgress.NeverConnected, AttemptFailure.Connection), isRetried: true);
        log.Add(backend, new(AttemptProgress.NeverConnected, AttemptFailure.Connection), isRetried: false);
        log.Add(backend, new(AttemptProgress.NoResponse, AttemptFailure.Timeout), isRetried: false);
        Assert.Equal(
            [
                "Attempt at a (http://a) of shop failed: never_connected, retried elsewhere",
                "Attempt at a (http://a) of shop failed: response_timeout, not retried",
            ],
            _lines.All);

        _time.Advance(FailedAttemptLog.While);
        await Eventually.TrueAsync(() => _lines.All.Length == 3, TestContext.Current.CancellationToken);
        Assert.Equal("2 more attempts at a (http://a) of shop failed within 10 s: never_connected", _lines.All[2]);
    }

    private sealed class Lines : ILogger<FailedAttemptLog>
    {
        private readonly List<string> _all = [];

        public string[] All
        {
            get
            {
                lock (_all)
                    return [.. _all];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_all)
                _all.Add(formatter(state, exception));
        }
    }
}
