using AspireLB.LoadBalancer.Observing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Observing;

public class JournalLoggerTests
{
    private readonly EventJournal _journal = new(new FakeTimeProvider());

    [Fact]
    public void Log_BackendDown_IsAnEventWithItsReason()
    {
        Logger().Log(
            LogLevel.Warning,
            new EventId(11, "BackendDown"),
            "Backend {Backend} ({Address}) of {Cluster} is down: {Reason}",
            "server-1",
            "http://a",
            "c",
            "no answer");

        var entry = Assert.Single(_journal.After(0));
        Assert.Equal((1, EventKinds.Down, "c", "server-1", "no answer"), (entry.Id, entry.Kind, entry.Cluster, entry.Backend, entry.Detail));
    }

    [Fact]
    public void Log_Reload_IsAboutNoBackend()
    {
        Logger().Log(LogLevel.Information, new EventId(
            1,
            "ConfigurationApplied"), "Configuration reloaded: {Routes} routes, {Backends} backends", 2, 5);

        var entry = Assert.Single(_journal.After(0));
        Assert.Equal((EventKinds.Reload, null, null, "2 routes, 5 backends"), (entry.Kind, entry.Cluster, entry.Backend, entry.Detail));
    }

    [Theory]
    [InlineData("AspireLB.LoadBalancer.Health", "SomethingElse")]
    [InlineData("Microsoft.AspNetCore", "BackendDown")]
    public void Log_OtherMessage_IsNoEvent(string category, string eventName)
    {
        new JournalLogger(_journal).CreateLogger(category).Log(LogLevel.Error, new EventId(1, eventName), "{Backend}", "server-1");

        Assert.Empty(_journal.After(0));
    }

    [Fact]
    public void After_MoreThanFit_GivesTheLastOnesAfterTheId()
    {
        for (var i = 0; i < EventJournal.Capacity + 50; i++)
            _journal.Add(EventKinds.Up, "c", "server-1", new string('x', 5000));

        var entries = _journal.After(EventJournal.Capacity + 47);

        Assert.Equal([EventJournal.Capacity + 48, EventJournal.Capacity + 49, EventJournal.Capacity + 50], entries.Select(entry => entry.Id));
        Assert.Equal(EventJournal.Capacity, _journal.After(0).Length);
        Assert.All(entries, entry => Assert.Equal(500, entry.Detail!.Length));
    }

    private ILogger Logger() => new JournalLogger(_journal).CreateLogger("AspireLB.LoadBalancer.Health.HealthMonitor");
}
