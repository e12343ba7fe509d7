namespace AspireLB.AppHost.Embedded.Running;

/// <summary>The OpenTelemetry variables of a resource, where the host itself was told of a collector by <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
internal static class Otlp
{
    private const int GrpcPort = 4317;
    private const int HttpPort = 4318;

    public static void AddTo(Dictionary<string, string> variables, IResource resource, Func<string, string?> host, string instance)
    {
        if (host("OTEL_EXPORTER_OTLP_ENDPOINT") is not { Length: > 0 } endpoint)
            return;

        var attributes = host("OTEL_RESOURCE_ATTRIBUTES") is { Length: > 0 } own ? own + "," : "";
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"{attributes}service.instance.id={instance}";
        if (host("OTEL_EXPORTER_OTLP_HEADERS") is { Length: > 0 } headers)
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = headers;

        var hostProtocol = host("OTEL_EXPORTER_OTLP_PROTOCOL") is { Length: > 0 } protocol ? protocol : "grpc";
        var spoken = resource.Description.Otlp?.Protocol is { } wanted ? Name(wanted) : hostProtocol;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = spoken;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint(endpoint, spoken, resource is ContainerResource);
    }

    /// <summary>
    /// The collector's address for a protocol. Collectors listen for gRPC on 4317 and for HTTP on 4318 (OTLP specification), so that one
    /// address serves both kinds of resource; other ports are left as they are. Inside a container, localhost is not this machine.
    /// </summary>
    private static string Endpoint(string address, string protocol, bool inContainer)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            return address;
        var builder = new UriBuilder(uri);
        if (builder.Port is GrpcPort or HttpPort)
            builder.Port = protocol == "grpc" ? GrpcPort : HttpPort;
        if (inContainer && uri.IsLoopback)
            builder.Host = ContainerEngine.HostName;
        return builder.Uri.ToString().TrimEnd('/');
    }

    private static string Name(OtlpProtocol protocol) => protocol switch
    {
        OtlpProtocol.Grpc => "grpc",
        OtlpProtocol.HttpJson => "http/json",
        _ => "http/protobuf",
    };
}
