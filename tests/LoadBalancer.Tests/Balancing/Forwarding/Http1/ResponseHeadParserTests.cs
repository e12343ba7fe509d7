using System.Text;
using AspireLB.Balancing.Forwarding.Http1;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Http1;

public class ResponseHeadParserTests
{
    [Fact]
    public void TryParse_CompleteHead_GivesStatusAndFields()
    {
        var head = Parsed("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-Thing:  padded \t\r\nContent-Length: 12\r\n\r\nbody");

        Assert.Equal(404, head.StatusCode);
        Assert.Null(head.ReasonPhrase);
        Assert.Equal(12, head.ContentLength);
        Assert.Equal(["Content-Type: text/plain", "X-Thing: padded"], Fields(head));
        Assert.True(head.KeepsAlive);
    }

    [Fact]
    public void TryParse_UnusualReason_IsKept() => Assert.Equal("Fine", Parsed("HTTP/1.1 200 Fine\r\n\r\n").ReasonPhrase);

    [Theory]
    [InlineData("HTTP/1.1 200\r\n\r\n")]
    [InlineData("HTTP/1.1 200 \r\n\r\n")]
    public void TryParse_NoReason_IsTolerated(string head) => Assert.Equal(200, Parsed(head).StatusCode);

    [Fact]
    public void TryParse_RepeatedField_KeepsEachValue() =>
        Assert.Equal(["Set-Cookie: a=1|b=2"], Fields(Parsed("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\n")));

    [Fact]
    public void TryParse_BytesAbove127_AreUnchanged() =>
        Assert.Equal(["X-Name: caf\u00e9"], Fields(Parsed("HTTP/1.1 200 OK\r\nX-Name: caf\u00e9\r\n\r\n")));

    [Fact]
    public void TryParse_HopByHopAndNominatedFields_AreLeftOut() =>
        Assert.Equal(["X-Kept: 1"], Fields(Parsed(
            "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nX-Secret: 1\r\n"
            + "Connection: keep-alive, x-secret\r\nUpgrade: h2c\r\nX-Kept: 1\r\n\r\n")));

    [Fact]
    public void TryParse_KeepAliveTimeout_IsRead() =>
        Assert.Equal(5, Parsed("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\n\r\n").KeepAliveSeconds);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: x-a, Close\r\n\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", true)]
    public void TryParse_ConnectionOptions_DecideOverTheConnection(string head, bool keepsAlive) => Assert.Equal(keepsAlive, Parsed(head).KeepsAlive);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, nameof(ResponseFraming.Length))]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, nameof(ResponseFraming.None))]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", false, nameof(ResponseFraming.Chunked))]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", false, nameof(ResponseFraming.UntilClose))]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", false, nameof(ResponseFraming.None))]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, nameof(ResponseFraming.None))]
    public void FramingFor_Response_FollowsTheRfc(string head, bool isHead, string framing) =>
        Assert.Equal(framing, Parsed(head).FramingFor(isHead).ToString());

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: 1\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n X-A: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: 1\0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: 1\rX-B: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: 1\nX-B: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: \u0007\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nNo colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX A: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX(A): 1\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\n\n")]
    public void TryParse_AmbiguousOrMalformed_IsInvalid(string head) =>
        Assert.Equal(HeadParse.Invalid, new ResponseHeadParser().TryParse(Encoding.Latin1.GetBytes(head), out _));

    [Fact]
    public void TryParse_OverlongHead_IsInvalid()
    {
        var head = Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nX-Long: " + new string('x', ResponseHeadParser.MaxHeadBytes));

        Assert.Equal(HeadParse.Invalid, new ResponseHeadParser().TryParse(head, out _));
    }

    [Fact]
    public void TryParse_TooManyFields_IsInvalid()
    {
        var fields = string.Concat(Enumerable.Repeat("A: b\r\n", ResponseHeadParser.MaxFields + 1));

        Assert.Equal(HeadParse.Invalid, new ResponseHeadParser().TryParse(Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\n" + fields + "\r\n"), out _));
    }

    [Fact]
    public void TryParse_AnySplitOfValidHead_GivesTheSameResult() =>
        Prop.ForAll(ResponseHeads.Valid.ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (head, step) =>
        {
            var bytes = Encoding.Latin1.GetBytes(head + "next");
            var parser = new ResponseHeadParser();
            for (var length = 0; length < head.Length; length += step)
                Assert.Equal(HeadParse.Incomplete, parser.TryParse(bytes.AsSpan(0, length), out _));
            Assert.Equal(HeadParse.Complete, parser.TryParse(bytes, out var consumed));
            Assert.Equal(head.Length, consumed);
            Assert.Equal(Describe(Parsed(head)), Describe(parser.Head));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_HeadAfterAnother_IsTheSameAsAlone() =>
        Prop.ForAll(ResponseHeads.Valid.ToArbitrary(), ResponseHeads.Valid.ToArbitrary(), (first, second) =>
        {
            var parser = new ResponseHeadParser();
            foreach (var head in new[] { first, second, second, first })
            {
                Assert.Equal(HeadParse.Complete, parser.TryParse(Encoding.Latin1.GetBytes(head), out _));
                Assert.Equal(Describe(Parsed(head)), Describe(parser.Head));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_AnyMutation_ReadsNothingAfterItsBytes() =>
        Prop.ForAll(ResponseHeads.Mutated.ToArbitrary(), bytes =>
        {
            var parse = new ResponseHeadParser().TryParse(bytes, out var consumed);
            Assert.True(parse == HeadParse.Complete ? consumed > 0 && consumed <= bytes.Length : consumed == 0);
            if (parse == HeadParse.Complete)
                Assert.True(bytes.AsSpan(0, consumed).EndsWith("\r\n\r\n"u8));
        }).QuickCheckThrowOnFailure();

    private static ResponseHead Parsed(string head)
    {
        var parser = new ResponseHeadParser();
        Assert.Equal(HeadParse.Complete, parser.TryParse(Encoding.Latin1.GetBytes(head), out _));
        return parser.Head;
    }

    private static string Describe(ResponseHead head) =>
        $"{head.StatusCode} {head.ReasonPhrase} {head.IsHttp10} {head.ContentLength} {head.IsChunked} {head.KeepsAlive} "
        + string.Join("\n", Fields(head));

    private static IEnumerable<string> Fields(ResponseHead head) =>
        head.Fields.Select(field => $"{field.Key}: {string.Join("|", field.Value.ToArray())}");
}
