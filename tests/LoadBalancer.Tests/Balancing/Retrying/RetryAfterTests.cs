using AspireLB.Balancing.Retrying;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

public class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("5", 5)]
    [InlineData("0", 0)]
    [InlineData("86400", 60)] // bounded
    [InlineData("99999999999999999999", 60)] // overflows every integer type
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 60)]
    [InlineData("Thu, 01 Jan 2026 12:00:30 GMT", 30)]
    [InlineData("Thu, 01 Jan 2026 11:00:00 GMT", 0)] // past
    [InlineData("-5", 0)]
    [InlineData("soon", 0)]
    [InlineData("", 0)]
    [InlineData(null, 0)]
    public void Parse_Field_IsABoundedTime(string? field, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryAfter.Parse(field, Now));
}
