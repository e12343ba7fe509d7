using AspireLB.Balancing.Picking;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Balancing.Picking;

public class PickingPoliciesTests
{
    [Theory]
    [InlineData("FirstAlphabetical")]
    [InlineData("firstalphabetical")]
    public void Pick_NameInAnyCase_UsesThatPolicy(string name)
    {
        var backends = new[] { TestModel.Backend("b"), TestModel.Backend("a"), TestModel.Backend("c") };
        var policies = new PickingPolicies(PickingPolicies.All(new SeededRandom(1)));

        Assert.Equal("a", policies.Pick(new DefaultHttpContext(), TestModel.Cluster(new() { Policy = name }), TestModel.Available(backends), 0).Name);
    }

    [Fact]
    public void Create_TwoPoliciesWithOneName_Throws() =>
        Assert.Throws<ArgumentException>(() => new PickingPolicies([new RoundRobin(), new RoundRobin()]));

    [Fact]
    public void Names_All_MatchTheDocumentation() =>
        Assert.Equal(["RoundRobin", "LeastRequests", "PowerOfTwoChoices", "Random", "FirstAlphabetical"], PickingPolicies.Names);
}
