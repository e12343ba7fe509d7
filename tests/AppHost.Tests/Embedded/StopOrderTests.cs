using AspireLB.AppHost.Embedded;
using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

public class StopOrderTests
{
    private readonly IDistributedApplicationBuilder _builder = DistributedApplication.CreateBuilder([]);

    [Fact]
    public void Of_ChainOfWaits_WhoeverWaitsStopsFirst()
    {
        var (database, first, second, front) = (Add("database"), Add("first"), Add("second"), Add("front"));
        first.WaitFor(database);
        second.WaitFor(database);
        front.WaitFor(first).WaitFor(second);

        Assert.Equal(["front", "first second", "database"], Groups());
    }

    [Fact]
    public void Of_NoWaits_AllAtOnce()
    {
        Add("first");
        Add("second");

        Assert.Equal(["first second"], Groups());
    }

    [Fact]
    public void Of_WaitsInACircle_Throws()
    {
        var (first, second) = (Add("first"), Add("second"));
        first.WaitFor(second);
        second.WaitFor(first);

        Assert.Equal("first, second wait for each other.", Assert.Throws<InvalidOperationException>(Groups).Message);
    }

    private IResourceBuilder<PythonAppResource> Add(string name) => _builder.AddPythonApp(name, "app", "app.py");

    private string[] Groups() => [.. StopOrder.Of([.. _builder.Resources]).Select(group => string.Join(' ', group.Select(resource => resource.Name)))];
}
