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

        Assert.True(ActivityContext.TryParse(Written(trace), null, out var told));
        Assert.Equal((trace.TraceId, ActivityTraceFlags.None), (told.TraceId.ToString(), told.TraceFlags));
        Assert.NotEqual(default, told.SpanId);
        Assert.StartsWith(number.ToString("x16", null), trace.TraceId, StringComparison.Ordinal);
        Assert.Equal(Written(trace), trace.ToString());
    }

    [Fact]
    public void Write_NumbersBesideEachOther_ShareNoId()
    {
        var told = Enumerable.Range(1, 10_000).Select(number => Written(new((ulong)number)).Split('-')).ToArray();

        Assert.Equal(told.Length, told.DistinctBy(parts => parts[1][16..]).Count());
        Assert.Equal(told.Length, told.DistinctBy(parts => parts[2]).Count());
    }

    [Fact]
    public void IsNone_NoNumber_ThereIsNoTrace()
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
