using AspireLB.LoadBalancer.Configuring;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class NaturalOrderTests
{
    [Theory]
    [InlineData("server-2", "server-10")]
    [InlineData("a9b", "a10a")]
    [InlineData("server-1", "SERVER-2")]
    [InlineData("10.0.0.2:80", "10.0.0.10:80")]
    [InlineData("a", "a1")]
    [InlineData("2", "99999999999999999999999999999")]
    [InlineData("1", "a")]
    public void Compare_NumbersWithinNames_CountAsNumbers(string first, string second)
    {
        Assert.True(NaturalOrder.Instance.Compare(first, second) < 0);
        Assert.True(NaturalOrder.Instance.Compare(second, first) > 0);
    }

    [Theory]
    [InlineData("server-1", "Server-1")]
    [InlineData("", "")]
    public void Compare_SameButForCase_IsEqual(string one, string other) => Assert.Equal(0, NaturalOrder.Instance.Compare(one, other));

    [Fact]
    public void Compare_AnyThreeNames_IsAnOrder()
    {
        var names = Gen.Elements("", "0", "1", "2", "10", "01", "a", "B", "-", ".").ListOf().Select(parts => string.Concat(parts.Take(5)));

        Prop.ForAll(names.ArrayOf(3).ToArbitrary(), three => IsOrder(three[0], three[1], three[2])).QuickCheckThrowOnFailure();
    }

    private static bool IsOrder(string a, string b, string c)
    {
        var order = NaturalOrder.Instance;
        return Math.Sign(order.Compare(a, b)) == -Math.Sign(order.Compare(b, a))
            && !(order.Compare(a, b) <= 0 && order.Compare(b, c) <= 0 && order.Compare(a, c) > 0);
    }
}
