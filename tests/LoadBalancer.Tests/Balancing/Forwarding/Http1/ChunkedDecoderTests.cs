using System.Text;
using AspireLB.Balancing.Forwarding.Http1;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Http1;

public class ChunkedDecoderTests
{
    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("A\r\n0123456789\r\n00\r\n\r\n", "0123456789")]
    [InlineData("5;name=value;q=\"x\"\r\nhello\r\n0;last\r\n\r\n", "hello")]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5 \t;a\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: 1\r\nX-Other: 2\r\n\r\n", "hello")]
    [InlineData("0\r\n\r\n", "")]
    public void Read_ValidBody_GivesItsData(string body, string data)
    {
        var (end, decoded, left) = Decode(body + "next", 1000);

        Assert.Equal(ChunkParse.Done, end);
        Assert.Equal(data, decoded);
        Assert.Equal("next", left);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("g\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("+5\r\nhello\r\n")]
    [InlineData("0x5\r\nhello\r\n")]
    [InlineData("5 5\r\nhello\r\n")]
    [InlineData("5 x\r\nhello\r\n")]
    [InlineData("5\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhelloX\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5\r\nhello\r0\r\n\r\n")]
    [InlineData("5;a\nb\r\nhello\r\n")]
    [InlineData("5;a\0b\r\nhello\r\n")]
    [InlineData("fffffffffffffffff\r\n")]
    [InlineData("ffffffffffffffff\r\n")]
    [InlineData("00000000000000005\r\nhello\r\n")]
    [InlineData("0\r\nNo colon\r\n\r\n")]
    [InlineData("0\r\nX: 1\n\r\n")]
    [InlineData("0\r\n folded: 1\r\n\r\n")]
    [InlineData("0\r\n\rX")]
    public void Read_BrokenChunk_IsInvalid(string body) => Assert.Equal(ChunkParse.Invalid, Decode(body, 1000).End);

    [Fact]
    public void Read_EndlessExtension_IsInvalid() => Assert.Equal(ChunkParse.Invalid, Decode("5;" + new string('x', 10_000), 1000).End);

    [Fact]
    public void Read_EndlessTrailer_IsInvalid() => Assert.Equal(ChunkParse.Invalid, Decode("0\r\nX: " + new string('x', 20_000), 1000).End);

    [Fact]
    public void Read_AnySplit_GivesTheSameResult() =>
        Prop.ForAll(Bodies.ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), (body, step) =>
        {
            var whole = Decode(body + "next", int.MaxValue);
            Assert.Equal(ChunkParse.Done, whole.End);
            Assert.Equal(whole, Decode(body + "next", step));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_AnyMutation_EndsAndTakesNoMoreThanItsInput() =>
        Prop.ForAll(
            Bodies.ToArbitrary(),
            Gen.Choose(0, 10_000).ToArbitrary(),
            Gen.Elements("\r\n\0 ;:0f".ToCharArray()).ToArbitrary(),
            (body, at, value) =>
        {
            var text = body.Insert(at % body.Length, value.ToString());
            var (_, decoded, left) = Decode(text, 7);
            Assert.True(decoded.Length + left.Length <= text.Length);
        }).QuickCheckThrowOnFailure();

    private static Gen<string> Bodies { get; } =
        from chunks in Gen.Choose(1, 300).ListOf()
        from extension in Gen.Elements("", ";a=b", " ")
        from trailer in Gen.Elements("", "X-Sum: 1\r\n", "A: 1\r\nB: 2\r\n")
        select string.Concat(chunks.Select(size => $"{size:x}{extension}\r\n{new string('d', size)}\r\n"))
            + "0" + extension + "\r\n" + trailer + "\r\n";

    private static (ChunkParse End, string Data, string Left) Decode(string body, int step)
    {
        var bytes = Encoding.Latin1.GetBytes(body);
        var decoder = new ChunkedDecoder();
        decoder.Reset();
        var data = new StringBuilder();
        for (int start = 0, end = 0; ;)
        {
            var parse = decoder.Read(bytes.AsSpan(start, end - start), out var consumed, out var count);
            start += consumed;
            data.Append(Encoding.Latin1.GetString(bytes, start - count, count));
            if (parse is ChunkParse.Done or ChunkParse.Invalid || (parse == ChunkParse.NeedMore && end == bytes.Length))
                return (parse, data.ToString(), Encoding.Latin1.GetString(bytes, start, bytes.Length - start));
            if (parse == ChunkParse.NeedMore)
                end = (int)Math.Min(bytes.Length, end + (long)step);
        }
    }
}
