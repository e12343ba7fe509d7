using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Observing;

namespace AspireLB.LoadBalancer.Tests.Observing;

public sealed class SeriesLimitTests : IDisposable
{
    private readonly Meter _ours = new(TelemetryNames.Source);
    private readonly Meter _another = new("System.Runtime");

    [Fact]
    public void For_FewBackends_HasRoomForTwoThousand()
    {
        Assert.All(
            Instruments.All,
            instrument =>
                Assert.Equal(
                    SeriesLimit.Default * instrument.SeriesABackend,
                    SeriesLimit.For(_ours.CreateCounter<long>(instrument.Name), 5)?.CardinalityLimit ?? SeriesLimit.Default));
    }

    [Fact]
    public void For_ManyBackends_HasRoomForFourTimesTheSeriesThatTheyMake()
    {
        Assert.Equal(
            1000 * OutcomeName.All.Length * 4,
            SeriesLimit.For(_ours.CreateCounter<long>(Instruments.Attempts.Name), 1000)?.CardinalityLimit);
        Assert.Equal(1000 * 4, SeriesLimit.For(_ours.CreateCounter<long>(Instruments.InFlight.Name), 1000)?.CardinalityLimit);
    }

    [Fact]
    public void For_InstrumentsOfOthers_IsTheDefault()
    {
        Assert.Null(SeriesLimit.For(_another.CreateCounter<long>(Instruments.Attempts.Name), 1000));
        Assert.Null(SeriesLimit.For(_ours.CreateCounter<long>("http.server.request.duration"), 1000));
    }

    public void Dispose()
    {
        _ours.Dispose();
        _another.Dispose();
    }
}
