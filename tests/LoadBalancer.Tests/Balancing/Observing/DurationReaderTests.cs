using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Observing;

public class DurationReaderTests
{
    [Fact]
    public void Read_AfterAnotherRead_CountsOnlyWhatCameBetween()
    {
        var counts = new DurationCounts();
        var reader = new DurationReader(counts);
        for (var i = 0; i < 50; i++)
            counts.Record(TimeSpan.FromSeconds(1));
        reader.ReadSinceLast();
        for (var i = 0; i < 10; i++)
            counts.Record(TimeSpan.FromMilliseconds(2));

        reader.ReadSinceLast();

        Assert.Equal(10, reader.Count);
        Assert.InRange(reader.QuantileInMilliseconds(0.99), 1.88, 2.12);
    }

    [Fact]
    public void Quantile_HundredDurations_IsWithinSixPercent()
    {
        var counts = new DurationCounts();
        for (var i = 1; i <= 100; i++)
            counts.Record(TimeSpan.FromMilliseconds(i));
        var reader = new DurationReader(counts);

        reader.ReadSinceLast();

        Assert.InRange(reader.QuantileInMilliseconds(0.5), 47, 53);
        Assert.InRange(reader.QuantileInMilliseconds(0.95), 89.3, 100.7);
    }

    [Fact]
    public void Read_NothingCounted_IsZero()
    {
        var reader = new DurationReader(new DurationCounts());

        reader.ReadSinceLast();

        Assert.Equal(0, reader.Count);
        Assert.Equal(0, reader.QuantileInMilliseconds(0.5));
    }

    [Fact]
    public async Task Record_ManyThreads_NoneIsLost()
    {
        var counts = new DurationCounts();
        var reader = new DurationReader(counts);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                counts.Record(TimeSpan.FromMilliseconds(1));
        })));
        reader.ReadSinceLast();

        Assert.Equal(40_000, reader.Count);
    }
}
