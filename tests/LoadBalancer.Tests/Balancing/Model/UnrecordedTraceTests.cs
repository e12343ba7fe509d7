using System.Diagnostics;
using System.Text;
using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class UnrecordedTraceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    [InlineData(ulong.MaxValue)]
    public void Write_AnyNumber_IsAValidTraceThatIsNotRecorded(ulong number)
    {
        var trace = new UnrecordedTrace(number);

        Assert.True(ActivityContext.TryParse(Written(trace), null, out var written));
        Assert.Equal((trace.TraceId, ActivityTraceFlags.None), (written.TraceId.ToString(), written.TraceFlags));
        Assert.NotEqual(default, written.SpanId);
        Assert.StartsWith(number.ToString("x16", null), trace.TraceId, StringComparison.Ordinal);
        Assert.Equal(Written(trace), trace.ToString());
    }

    [Fact]
    public void Write_ConsecutiveNumbers_ShareNoId()
    {
        var written = Enumerable.Range(1, 10_000).Select(number => Written(new((ulong)number)).Split('-')).ToArray();

        Assert.Equal(written.Length, written.DistinctBy(parts => parts[1][16..]).Count());
        Assert.Equal(written.Length, written.DistinctBy(parts => parts[2]).Count());
    }

    [Fact]
    public void IsNone_NumberIsZero_IsTrue()
    {
        Assert.True(default(UnrecordedTrace).IsNone);
        Assert.False(new UnrecordedTrace(1).IsNone);
    }

    private static string Written(UnrecordedTrace trace)
    {
        var text = new byte[UnrecordedTrace.Length];
        trace.Write(text);
        return Encoding.ASCII.GetString(text);
    }
}
