using Aspire.Hosting;
using AspireLB.Hosting.Dashboard;
using AspireLB.Hosting.Following;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.Hosting.Tests.Dashboard;

public sealed class BackendHealthCheckTests
{
    [Theory]
    [InlineData("healthy", HealthStatus.Healthy)]
    [InlineData("unknown", HealthStatus.Healthy)]
    [InlineData("ejected", HealthStatus.Degraded)]
    [InlineData("draining", HealthStatus.Degraded)]
    [InlineData("disabled", HealthStatus.Degraded)]
    [InlineData("unhealthy", HealthStatus.Unhealthy)]
    public void Judge_State_IsToldWithItsName(string state, HealthStatus status)
    {
        var result = Create(replicas: 1).Judge([Shown("api", state), Shown("other", "unhealthy")]);

        Assert.Equal((status, state), (result.Status, result.Description));
    }

    [Fact]
    public void Judge_Replicas_TellsEachAndTheWorst()
    {
        var result = Create(replicas: 2).Judge([Shown("api-1", "healthy"), Shown("api-2", "draining")]);

        Assert.Equal((HealthStatus.Degraded, "api-1: healthy, api-2: draining"), (result.Status, result.Description));
    }

    [Fact]
    public void Judge_BalancerDoesNotKnowIt_IsNoFault() => Assert.Equal(HealthStatus.Healthy, Create(replicas: 1).Judge([]).Status);

    [Fact]
    public async Task Check_BalancerNotUp_IsNoFault()
    {
        var result = await Create(replicas: 1).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);

        Assert.Equal(HealthStatus.Healthy, result.Status);
    }

    private static ShownBackend Shown(string name, string state) => new("backends", name, "http://localhost:1", state, 1);

    private static BackendHealthCheck Create(int replicas)
    {
        var builder = TestModel.CreateBuilder();
        var api = builder.AddProcess("api", replicas);
        var balancer = builder.AddLoadBalancer("lb", 18100, 18101).WithBackend(api).Resource;
        return new(balancer, api.Resource, new AdminClient(balancer));
    }
}
