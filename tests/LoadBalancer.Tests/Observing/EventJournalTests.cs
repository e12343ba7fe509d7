using AspireLB.LoadBalancer.Observing;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Observing;

public class EventJournalTests
{
    private readonly EventJournal _journal = new(new FakeTimeProvider());

    [Fact]
    public void Add_MoreOfOneKindThanFit_KeepsTheLastOfThemAndAllOthers()
    {
        _journal.Add(EventKinds.Down, "c", "broken");
        for (var i = 0; i < 1000; i++)
            _journal.Add(EventKinds.Up, "c", $"server-{i}");
        _journal.Add(EventKinds.Reload);

        var kept = _journal.After(0);
        Assert.Equal(EventJournal.Capacity, kept.Length);
        Assert.Equal(["broken", "server-802", "server-803"], kept.Take(3).Select(entry => entry.Backend));
        Assert.Equal(EventKinds.Reload, kept[^1].Kind);
        Assert.Equal(kept.Select(entry => entry.Id).Order(), kept.Select(entry => entry.Id));
    }

    [Fact]
    public void After_AnId_IsWhatCameLater()
    {
        foreach (var backend in new[] { "a", "b", "c" })
            _journal.Add(EventKinds.Up, "c", backend);

        Assert.Equal(["c"], _journal.After(2).Select(entry => entry.Backend));
    }
}
