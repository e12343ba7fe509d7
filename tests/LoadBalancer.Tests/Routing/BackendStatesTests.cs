using AspireLB.LoadBalancer.Health;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Tests.Routing;

/// <summary>One row each of the table in the README, section Health.</summary>
public class BackendStatesTests
{
    [Theory]
    [InlineData("Disabled", "Healthy", false, "Disabled")]
    [InlineData("Disabled", "Unhealthy", true, "Disabled")]
    [InlineData("Draining", "Healthy", false, "Draining")]
    [InlineData("Draining", "Unhealthy", true, "Draining")]
    [InlineData("Active", "Unhealthy", false, "Unhealthy")]
    [InlineData("Active", "Unhealthy", true, "Unhealthy")]
    [InlineData("Active", "Healthy", true, "Ejected")]
    [InlineData("Active", "Unknown", true, "Ejected")]
    [InlineData("Active", "Healthy", false, "Healthy")]
    [InlineData("Active", "Unknown", false, "Unknown")]
    public void Combine_ByHandThenProbesThenTraffic(string byHand, string probes, bool ejected, string state) =>
        Assert.Equal(Enum.Parse<BackendState>(state), BackendStates.Combine(Enum.Parse<AdministrativeState>(byHand), Enum.Parse<ProbedHealth>(probes), ejected));
}
