using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Administering.Live;
using AspireLB.LoadBalancer.Observing;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Administering.Live;

public class BackendSeriesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Backend _backend;
    private readonly BackendSeries _series;

    public BackendSeriesTests()
    {
        _backend = TestModel.Backend("server-1", time: _time);
        _series = new(_backend, _time);
    }

    [Fact]
    public void Figures_SteadyTraffic_RateAndErrorShare()
    {
        Seconds(10, requests: 20, failures: 5);

        var figures = _series.Figures();

        Assert.Equal(("c/server-1", 20.0, 0.25, 200L, 50L), (figures.Id, figures.PerSecond, figures.ErrorRate, figures.Requests, figures.Failures));
    }

    [Fact]
    public void Figures_TrafficEnds_RateIsGoneAfterTheSmoothing()
    {
        Seconds(10, requests: 20, failures: 20);

        Seconds(2, requests: 0, failures: 0);
        Assert.Equal(12, _series.Figures().PerSecond);

        Seconds(BackendSeries.Smoothing - 2, requests: 0, failures: 0);
        Assert.Equal((0.0, 0.0), (_series.Figures().PerSecond, _series.Figures().ErrorRate));
    }

    [Fact]
    public void Figures_LateLook_RateIsByTheTimeThatPassed()
    {
        _series.Sample();
        for (var i = 0; i < 40; i++)
            _backend.Attempts.Begin();
        _time.Advance(TimeSpan.FromSeconds(4));
        _series.Sample();

        Assert.Equal(10, _series.Figures().PerSecond);
    }

    [Fact]
    public void History_LongRun_IsBounded()
    {
        Seconds(BackendSeries.Smoothing * (BackendSeries.Bins + 10), requests: 3, failures: 0);

        Assert.Equal(BackendSeries.Bins, _series.History.Count);
        Assert.All(_series.History, bin => Assert.Equal(3, bin.PerSecond));
    }

    [Fact]
    public void NoteChangesByHand_StateAndWeight_AreEventsOnce()
    {
        var journal = new EventJournal(_time);
        _series.RecordManualChanges(journal);
        Assert.Empty(journal.After(0));

        _backend.Administration.Set(AdministrativeState.Draining);
        _backend.Administration.WeightOverride = 7;
        _series.RecordManualChanges(journal);
        _series.RecordManualChanges(journal);
        _backend.Administration.Set(AdministrativeState.Active);
        _series.RecordManualChanges(journal);

        Assert.Equal(
            [(EventKinds.Drain, null), (EventKinds.Weight, "weight 7"), (EventKinds.Enable, null)],
            journal.After(0).Select(entry => (entry.Kind, entry.Detail)));
    }

    [Fact]
    public void NoteChangesByHand_Drain_HasTheTimeItWasAskedFor()
    {
        var journal = new EventJournal(_time);
        _backend.Administration.Set(AdministrativeState.Draining);
        var asked = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _time.Advance(TimeSpan.FromMilliseconds(700));

        _series.RecordManualChanges(journal);

        Assert.Equal(asked, Assert.Single(journal.After(0)).Time);
    }

    private void Seconds(int count, int requests, int failures)
    {
        for (var second = 0; second < count; second++)
        {
            if (second == 0 && _backend.Attempts.Begun == 0)
                _series.Sample();
            for (var i = 0; i < requests; i++)
                _backend.Attempts.Begin();
            for (var i = 0; i < failures; i++)
                _backend.Attempts.CountFailure();
            _time.Advance(TimeSpan.FromSeconds(1));
            _series.Sample();
        }
    }
}
