using AspireLB.AppHost.Embedded;
using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

public class AddressesTests
{
    [Fact]
    public void List_EntranceComesLastWithWhatToTry()
    {
        var builder = DistributedApplication.CreateBuilder([]);
        builder.AddPythonApp("front", "app", "app.py")
            .WithHttpEndpoint(port: 7080, name: "http")
            .WithHttpEndpoint(port: 7090, name: "admin")
            .WithUrlForEndpoint("admin", url => url.DisplayText = "Console")
            .WithExternalHttpEndpoints();
        builder.AddPythonApp("server-1", "app", "app.py").WithHttpEndpoint(port: 7001);

        Assert.Equal(
        [
            "everything is up:",
            "  server-1  http://localhost:7001",
            "  front     http://localhost:7080",
            "  front     http://localhost:7090  Console",
            "try: curl http://localhost:7080/    stop: Ctrl+C",
        ], Addresses.List([.. builder.Resources]));
    }
}
