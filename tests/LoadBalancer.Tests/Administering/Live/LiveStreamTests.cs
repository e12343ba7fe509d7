using System.IO.Pipelines;
using System.Text;
using AspireLB.LoadBalancer.Administering;
using AspireLB.LoadBalancer.Administering.Live;
using AspireLB.LoadBalancer.Observing;

namespace AspireLB.LoadBalancer.Tests.Administering.Live;

public class LiveStreamTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pump_ReaderThatKeepsUp_GetsEveryFrameInOrder()
    {
        using var stream = new LiveStream();
        var pipe = new Pipe();
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var pumping = stream.PumpAsync(pipe.Writer.AsStream(), leaves.Token);

        for (var i = 0; i < 100; i++)
        {
            stream.Send(Encoding.ASCII.GetBytes($"{i:000}"));
            var read = await pipe.Reader.ReadAtLeastAsync(3, Cancelled);
            Assert.Equal($"{i:000}", Encoding.ASCII.GetString(read.Buffer));
            pipe.Reader.AdvanceTo(read.Buffer.End);
        }

        await leaves.CancelAsync();
        await pumping.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    [Fact]
    public async Task Send_ReaderThatIsStuck_NeverWaitsAndLetsItGo()
    {
        using var stream = new LiveStream();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var pumping = stream.PumpAsync(pipe.Writer.AsStream(), Cancelled);

        for (var i = 0; i < LiveStream.Backlog + 2; i++)
            stream.Send(new byte[100]);

        await pumping.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    [Theory]
    [InlineData("abc-17", 17)]
    [InlineData("abc-", 0)]
    [InlineData("abd-17", 0)] // another run: its numbers do not apply here
    [InlineData("abc-x", 0)]
    [InlineData("abc--1", 0)]
    [InlineData(null, 0)]
    public void NumberIn_LastEventId_IsOfThisRunOnly(string? id, long number) => Assert.Equal(number, LiveFrames.NumberIn(id, "abc"));

    [Fact]
    public void From_TextOfTwoLines_IsOneEventOfAnEventStream()
    {
        var entry = new BalancerEvent(1, 2, "down", null, null, "two\nlines");
        var frame = Encoding.UTF8.GetString(LiveFrames.From("event", entry, AdminJson.Default.BalancerEvent, "a-1").Span);

        Assert.StartsWith("event: event\nid: a-1\ndata: {\"id\":1,", frame, StringComparison.Ordinal);
        Assert.EndsWith("\"detail\":\"two\\nlines\"}\n\n", frame, StringComparison.Ordinal);
    }
}
