using AspireLB.AppHost.Embedded;
using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

public class ResourceEnvironmentTests
{
    private readonly IDistributedApplicationBuilder _builder = DistributedApplication.CreateBuilder([]);

    [Fact]
    public void For_Project_HasDataUrlAdminPortAndWhatItRefersTo()
    {
        var first = _builder.AddPythonApp("server-1", "app", "server.py").WithHttpEndpoint(port: 7001, env: "PORT");
        var second = _builder.AddDockerfile("server-2", "app").WithHttpEndpoint(port: 7002, targetPort: 8000, env: "PORT");
        var balancer = _builder.AddProject<SomeProject>("loadbalancer", project => project.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(port: 7080, name: "http")
            .WithHttpEndpoint(port: 7090, name: "admin", env: "Admin__Port")
            .WithEndpointsInEnvironment(endpoint => endpoint.Name != "admin")
            .WithEnvironment("Backends__0", "http://server-1")
            .WithReference(first.GetEndpoint("http"))
            .WithReference(second.GetEndpoint("http"));

        Assert.Equal(new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://localhost:7080",
            ["Admin__Port"] = "7090",
            ["Backends__0"] = "http://server-1",
            ["services__server-1__http__0"] = "http://localhost:7001",
            ["SERVER_1_HTTP"] = "http://localhost:7001",
            ["services__server-2__http__0"] = "http://localhost:7002",
            ["SERVER_2_HTTP"] = "http://localhost:7002",
        }, ResourceEnvironment.For(balancer.Resource, NoVariables, "1"));
    }

    [Fact]
    public void For_PythonApp_HasThePortItListensOn()
    {
        var app = _builder.AddPythonApp("server-1", "app", "server.py").WithHttpEndpoint(port: 7001, env: "PORT");

        var variables = ResourceEnvironment.For(app.Resource, NoVariables, "1");

        Assert.Equal("7001", variables["PORT"]);
        Assert.Equal("1", variables["PYTHONUNBUFFERED"]);
    }

    [Fact]
    public void For_Container_HasThePortInsideIt()
    {
        var container = _builder.AddDockerfile("server-1", "app").WithHttpEndpoint(port: 7001, targetPort: 8000, env: "PORT");

        Assert.Equal(new Dictionary<string, string> { ["PORT"] = "8000" }, ResourceEnvironment.For(container.Resource, NoVariables, "1"));
    }

    [Fact]
    public void For_SetByName_WinsOverWhatTheHostWouldSet()
    {
        var app = _builder.AddPythonApp("server-1", "app", "server.py").WithEnvironment("PYTHONUTF8", "0");

        Assert.Equal("0", ResourceEnvironment.For(app.Resource, NoVariables, "1")["PYTHONUTF8"]);
    }

    [Fact]
    public void Reference_ToAnEndpointThatIsNotThere_NamesBoth()
    {
        var app = _builder.AddPythonApp("server-1", "app", "server.py");

        var problem = Assert.Throws<InvalidOperationException>(() => app.GetEndpoint("grpc").Url);
        Assert.Equal("server-1 has no endpoint named grpc.", problem.Message);
    }

    [Fact]
    public void Add_NameTwice_Throws()
    {
        _builder.AddPythonApp("server-1", "app", "server.py");

        Assert.Throws<InvalidOperationException>(() => _builder.AddDockerfile("Server-1", "app"));
    }

    private static string? NoVariables(string name) => null;

    private sealed class SomeProject : IProjectMetadata
    {
        public string ProjectPath => "/src/Some/Some.csproj";

        public string AssemblyPath => "/src/Some/bin/Some.dll";
    }
}
