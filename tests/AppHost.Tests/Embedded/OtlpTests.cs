using AspireLB.AppHost.Embedded;
using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

public class OtlpTests
{
    private readonly IDistributedApplicationBuilder _builder = DistributedApplication.CreateBuilder([]);

    [Fact]
    public void For_HostWithoutCollector_NoVariables() =>
        Assert.DoesNotContain(Variables(PythonApp(), []), variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal));

    [Fact]
    public void For_HostWithCollector_NamesServiceAndInstance()
    {
        var variables = Variables(PythonApp(), new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4317" });

        Assert.Equal("server-1", variables["OTEL_SERVICE_NAME"]);
        Assert.Equal("service.instance.id=the-instance", variables["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("grpc", variables["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal("http://localhost:4317", variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
    }

    [Fact]
    public void For_HostAttributesAndHeaders_AreKept()
    {
        var variables = Variables(PythonApp(), new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4317",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment=lab",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-api-key=secret",
        });

        Assert.Equal("deployment.environment=lab,service.instance.id=the-instance", variables["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("x-api-key=secret", variables["OTEL_EXPORTER_OTLP_HEADERS"]);
    }

    [Theory]
    [InlineData("http://localhost:4317", "http://localhost:4318")]
    [InlineData("http://collector:4318", "http://collector:4318")]
    [InlineData("http://localhost:5555", "http://localhost:5555")]
    public void For_ResourceThatSpeaksHttp_GetsTheCollectorsHttpPort(string host, string expected)
    {
        var variables = Variables(PythonApp().WithOtlpExporter(OtlpProtocol.HttpProtobuf), new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = host });

        Assert.Equal("http/protobuf", variables["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal(expected, variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
    }

    [Fact]
    public void For_ContainerThatAsks_ReachesTheMachineByName()
    {
        var container = _builder.AddDockerfile("server-1", "app").WithOtlpExporter(OtlpProtocol.HttpProtobuf);

        var variables = Variables(container, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4317" });

        Assert.Equal("http://host.containers.internal:4318", variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
    }

    [Fact]
    public void For_ContainerThatDoesNotAsk_NoVariables() =>
        Assert.Empty(Variables(_builder.AddDockerfile("server-1", "app"), new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4317" }));

    private IResourceBuilder<PythonAppResource> PythonApp() => _builder.AddPythonApp("server-1", "app", "server.py");

    private static Dictionary<string, string> Variables(IResourceBuilder<IResource> resource, Dictionary<string, string> host) =>
        ResourceEnvironment.For(resource.Resource, host.GetValueOrDefault, "the-instance");
}
