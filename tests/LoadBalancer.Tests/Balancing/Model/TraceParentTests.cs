using System.Diagnostics;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class TraceParentTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = "b7ad6b7169203331";

    [Theory]
    [InlineData($"00-{Trace}-{Parent}-01", true)]
    [InlineData($"00-{Trace}-{Parent}-00", false)]
    [InlineData($"00-{Trace}-{Parent}-03", true)] // the flag of version 2, random
    [InlineData($"cc-{Trace}-{Parent}-01", true)]
    [InlineData($"cc-{Trace}-{Parent}-01-what-the-future-brings", true)]
    public void TryRead_Valid_IsTheClientsSpan(string field, bool recorded)
    {
        Assert.True(TraceParent.TryRead(Headers(field, "vendor=value", "other=1"), out var parent));

        var isRecorded = (parent.TraceFlags & ActivityTraceFlags.Recorded) != 0;
        Assert.Equal((Trace, Parent, recorded), (parent.TraceId.ToString(), parent.SpanId.ToString(), isRecorded));
        Assert.Equal(("vendor=value,other=1", true), (parent.TraceState, parent.IsRemote));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319C-b7ad6b7169203331-01")] // upper case
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")] // version 00 has no further fields
    [InlineData("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public void TryRead_Malformed_IsFalse(string field) => Assert.False(TraceParent.TryRead(Headers(field), out _));

    [Fact]
    public void TryRead_NoneOrTwo_IsFalse()
    {
        Assert.False(TraceParent.TryRead(new HeaderDictionary(), out _));

        var two = new StringValues([$"00-{Trace}-{Parent}-01", $"00-{Trace}-{Parent}-01"]);
        Assert.False(TraceParent.TryRead(new HeaderDictionary { ["traceparent"] = two }, out _));
    }

    [Fact]
    public void Unrecorded_Ids_HaveNoSampledFlag()
    {
        Assert.Equal($"00-{Trace}-{Parent}-00", TraceParent.Unrecorded(ActivityTraceId.CreateFromString(Trace), Convert.FromHexString(Parent)));
    }

    [Fact]
    public void TraceIdOf_RequestWithoutASpan_IsTheTraceSentToTheBackend()
    {
        Activity.Current = null;
        var context = new DefaultHttpContext();
        Assert.Null(TraceParent.TraceIdOf(context));

        var attempt = new Attempt { UnrecordedTrace = new(7) };
        context.Features.Set<IAttemptFeature>(attempt);
        Assert.Equal(attempt.UnrecordedTrace.TraceId, TraceParent.TraceIdOf(context));

        context.Request.Headers.TraceParent = $"00-{Trace}-{Parent}-00";
        Assert.Equal(Trace, TraceParent.TraceIdOf(context));

        using var span = new Activity("request").Start();
        Assert.Equal(span.TraceId.ToString(), TraceParent.TraceIdOf(context));
    }

    private static HeaderDictionary Headers(string field, params string[] state) => new() { ["traceparent"] = field, ["tracestate"] = state };

    private sealed class Attempt : IAttemptFeature
    {
        public UnrecordedTrace UnrecordedTrace { get; init; }

        public TimeSpan? Timeout => null;

        public ReadOnlyMemory<byte>? BufferedBody => null;

        public bool DecideRetry(AttemptResult result) => false;

        public void Ended(AttemptResult result) => throw new NotSupportedException();
    }
}
