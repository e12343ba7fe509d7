using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Whole;

/// <summary>Properties of whole responses on our own path, from the connection's reads to the client's body.</summary>
public class WholeResponseTests
{
    private const string Second = "SECOND";

    private static readonly byte[] SecondResponse = Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Second.Length}\r\n\r\n{Second}");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Response_InAnyPieces_IsWhatTheBackendSent() =>
        Prop.ForAll(Responses.Valid.ToArbitrary(), Responses.Pieces.ToArbitrary(), (response, pieces) =>
        {
            var transport = new PiecewiseTransport([response.Bytes, SecondResponse], pieces);
            var (first, second) = Run(transport);

            Assert.True(first.IsWhole);
            Assert.Equal(response.Status, first.Status);
            Assert.True(response.Body == first.Body);
            Assert.Equal(response.EndsConnection ? 1 : 2, transport.Requests);
            Assert.Equal(response.EndsConnection ? "" : Second, second.Body);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Response_WithAnyBytesChanged_EndsAndNeverReachesIntoTheNext() =>
        Prop.ForAll(Responses.Mutated.ToArbitrary(), Responses.Pieces.ToArbitrary(), (response, pieces) =>
        {
            var transport = new PiecewiseTransport([response, SecondResponse], pieces);
            var (first, second) = Run(transport);

            // The filler after the received bytes must not appear.
            Assert.DoesNotContain((char)PiecewiseTransport.Poison, first.Fields + first.Body);

            // The connection is reused only if nothing of the first response can be left on it.
            if (transport.Requests == 2)
            {
                Assert.True(first.IsWhole);
                Assert.Equal((true, 200, Second), (second.IsWhole, second.Status, second.Body));
            }
            else
            {
                Assert.False(second.IsWhole);
                Assert.True(transport.IsClosed);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static (Answer First, Answer Second) Run(PiecewiseTransport transport)
    {
        var run = Task.Run(async () =>
        {
            using var exchange = new Exchange(transport);
            return (await exchange.GetAsync(), await exchange.GetAsync());
        });
        Assert.True(run.Wait(Limit), "It hangs.");
        return run.Result;
    }
}
