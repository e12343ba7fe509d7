namespace AspireLB.AppHost;

/// <summary>`aspire publish` writes a compose file of the whole application, with the Aspire dashboard in it.</summary>
internal static class Publishing
{
    private const string Environment = "compose";

    public static void AddPublishing(this IDistributedApplicationBuilder builder) => builder.AddDockerComposeEnvironment(Environment).WithDashboard();

    /// <summary>Compose files have the dashboard's address for gRPC in them; the Flask servers speak http/protobuf, which it takes on another port.</summary>
    public static IResourceBuilder<ContainerResource> WithPublishedTelemetry(this IResourceBuilder<ContainerResource> backend) =>
        backend.PublishAsDockerComposeService((_, service) =>
        {
            service.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{Environment}-dashboard:18890";
            service.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        });
}
