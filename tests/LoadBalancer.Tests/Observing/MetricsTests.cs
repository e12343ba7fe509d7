using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Configuring;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Observing;

public class MetricsTests
{
    [Fact]
    public void Repeated_CountsTheRetry()
    {
        using var measurements = new Measurements();

        new AttemptMetrics(measurements.Meters).CountRetry("shop", "a");

        Assert.Equal(["aspirelb.retries{aspirelb.cluster=shop,aspirelb.backend=a} 1"], measurements.Seen);
    }

    [Fact]
    public void OutcomeCounts_EveryResultThereCanBe_IsCountedUnderItsName()
    {
        var counts = new OutcomeCounts();
        AttemptResult[] all =
        [
            .. from progress in Enum.GetValues<AttemptProgress>() from failure in Enum.GetValues<AttemptFailure>() from status in new[]
            {
                0,
                200,
                500,
            } select new AttemptResult(
                progress,
                failure,
                status),
        ];

        foreach (var result in all)
            counts.Add(result);

        Assert.Equal(
            all.CountBy(OutcomeName.For).OrderBy(outcome => outcome.Key),
            counts.Snapshot.Select(seen => KeyValuePair.Create(seen.Outcome, (int)seen.Count)).OrderBy(outcome => outcome.Key));
        Assert.Equal(OutcomeName.All.Order(), counts.Snapshot.Select(seen => seen.Outcome).Order());
    }

    [Theory]
    [InlineData(AttemptFailure.None, true, "won")]
    [InlineData(AttemptFailure.Overtaken, false, "lost")]
    [InlineData(AttemptFailure.Connection, false, "failed")]
    internal void HedgeEnded_CountsByWhatBecameOfIt(AttemptFailure failure, bool won, string outcome)
    {
        using var measurements = new Measurements();

        new AttemptMetrics(measurements.Meters).CountHedge("shop", "b", new(AttemptProgress.NoResponse, failure), won);

        Assert.Equal([$"aspirelb.hedges{{aspirelb.cluster=shop,aspirelb.backend=b,aspirelb.outcome={outcome}}} 1"], measurements.Seen);
    }

    [Fact]
    public void Answered_RecordsSeconds()
    {
        using var measurements = new Measurements();

        new AttemptMetrics(measurements.Meters).RecordResponse(
            [new("aspirelb.cluster", "shop"), new("aspirelb.backend", "a")],
            TimeSpan.FromMilliseconds(250));

        Assert.Equal(["aspirelb.attempt.duration{aspirelb.cluster=shop,aspirelb.backend=a} 0.25"], measurements.Observe());
    }

    [Fact]
    public async Task Timed_PlaceAtOnce_RecordsNothing()
    {
        using var measurements = new Measurements();

        await new QueueMetrics(measurements.Meters, new FakeTimeProvider()).Timed("shop", new((Backend?)null));

        Assert.Empty(measurements.Seen);
    }

    [Fact]
    public async Task Timed_TurnedAwayAfterWaiting_RecordsTheWait()
    {
        using var measurements = new Measurements();
        var time = new FakeTimeProvider();
        var place = new TaskCompletionSource<Backend?>();

        var waiting = new QueueMetrics(measurements.Meters, time).Timed("shop", new(place.Task));
        time.Advance(TimeSpan.FromSeconds(2));
        place.SetResult(null);
        await waiting;

        Assert.Equal(["aspirelb.queue.wait{aspirelb.cluster=shop,aspirelb.outcome=timed_out} 2"], measurements.Seen);
    }

    [Fact]
    public async Task Timed_ClientLeaves_RecordsAndThrows()
    {
        using var measurements = new Measurements();
        var waiting = new QueueMetrics(measurements.Meters, new FakeTimeProvider());
        var place = new TaskCompletionSource<Backend?>();

        var timed = waiting.Timed("shop", new(place.Task));
        place.SetCanceled(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await timed);
        Assert.Equal(["aspirelb.queue.wait{aspirelb.cluster=shop,aspirelb.outcome=gave_up} 0"], measurements.Seen);
    }

    [Fact]
    public void Configuration_RefusedThenApplied_IsValidAgain()
    {
        using var measurements = new Measurements();
        var metrics = new ConfigurationMetrics(measurements.Meters);

        metrics.Refused();
        Assert.Equal(["aspirelb.configuration.reloads{aspirelb.outcome=refused} 1"], measurements.Seen);
        Assert.Equal(["aspirelb.configuration.valid{} 0"], measurements.Observe());
        metrics.Applied();
        Assert.Equal(["aspirelb.configuration.valid{} 1"], measurements.Observe());
    }

    [Fact]
    public void Instruments_HaveAUnitAndASentence() =>
        Assert.All(Instruments.All, instrument =>
        {
            Assert.NotEmpty(instrument.Unit);
            Assert.EndsWith(".", instrument.Description);
        });

    [Theory]
    [InlineData("a.b", InstrumentKind.Counter, "{x}", "a_b_total")]
    [InlineData("a.b", InstrumentKind.Histogram, "s", "a_b_seconds")]
    [InlineData("a.b_c", InstrumentKind.Gauge, "{x}", "a_b_c")]
    internal void PrometheusName_IsTheExporters(string name, InstrumentKind kind, string unit, string expected) =>
        Assert.Equal(expected, new InstrumentDefinition(name, kind, unit, "").PrometheusName);
}
