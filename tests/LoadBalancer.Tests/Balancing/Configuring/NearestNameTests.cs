using AspireLB.Balancing.Configuring;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Configuring;

public class NearestNameTests
{
    [Theory]
    [InlineData("Intervall", "Interval")]
    [InlineData("timout", "Timeout")]
    [InlineData("Backend", "Backends")]
    [InlineData("Colour", null)]
    public void Of_Misspelt_IsTheNearestOrNone(string written, string? meant) =>
        Assert.Equal(meant, NearestName.Find(written, ["Timeout", "Interval", "Backends", "Urls"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("same", "same", 0)]
    public void Distance_KnownPairs_IsLevenshteins(string from, string to, int distance) => Assert.Equal(distance, NearestName.Distance(from, to));

    [Fact]
    public void Distance_AnyTwo_IsSymmetricAndBounded()
    {
        var words = Gen.Elements('a', 'b', 'c').ArrayOf().Select(letters => new string(letters));

        Prop.ForAll(words.Two().ToArbitrary(), pair =>
        {
            var (a, b) = pair;
            var distance = NearestName.Distance(a, b);
            return distance == NearestName.Distance(b, a)
                && distance >= Math.Abs(a.Length - b.Length)
                && distance <= Math.Max(a.Length, b.Length)
                && (distance == 0) == (a == b);
        }).QuickCheckThrowOnFailure();
    }
}
