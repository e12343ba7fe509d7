using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

/// <summary>One row each of the table of states in docs/health-and-retries.md.</summary>
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
    [InlineData("Disabled", "Unknown", false, "Disabled")]
    [InlineData("Draining", "Unknown", true, "Draining")]
    public void Combine_ByHandThenProbesThenTraffic(string byHand, string probes, bool ejected, string state) =>
        Assert.Equal(Enum.Parse<BackendState>(state), BackendStates.Combine(Enum.Parse<AdministrativeState>(byHand), Enum.Parse<ProbedHealth>(probes), ejected));

    // The last column of that table.
    [Theory]
    [InlineData("Disabled", "Healthy", false, false)]
    [InlineData("Draining", "Healthy", false, false)]
    [InlineData("Active", "Unhealthy", false, false)]
    [InlineData("Active", "Healthy", true, false)]
    [InlineData("Active", "Unknown", true, false)]
    [InlineData("Active", "Healthy", false, true)]
    [InlineData("Active", "Unknown", false, true)]
    public void IsAvailable_ByHandProbesAndTraffic_IsForNewRequests(string byHand, string probes, bool ejected, bool available)
    {
        var time = new FakeTimeProvider();
        var backend = TestModel.Backend("a", time: time);
        backend.Administration.Set(Enum.Parse<AdministrativeState>(byHand));
        backend.Health.Probed = new(Enum.Parse<ProbedHealth>(probes), 0);
        if (ejected)
            backend.Health.Ejection = new(1, time.GetUtcNow() + TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        Assert.Equal(available, backend.IsAvailable);
    }
}
