namespace AspireLB.AppHost.Embedded;

/// <summary>What the builder methods have said about one resource, in the order in which they said it.</summary>
internal sealed class ResourceDescription
{
    public List<EndpointAnnotation> Endpoints { get; } = [];

    /// <summary>Which endpoints <c>ASPNETCORE_URLS</c> names.</summary>
    public Func<EndpointAnnotation, bool> EndpointsInEnvironment { get; set; } = _ => true;

    public Dictionary<string, string> Environment { get; } = [];

    public List<string> Arguments { get; } = [];

    public List<EndpointReference> References { get; } = [];

    public List<IResource> WaitsFor { get; } = [];

    public List<HealthCheck> HealthChecks { get; } = [];

    /// <summary>Set by <c>WithOtlpExporter</c>.</summary>
    public OtlpExporter? Otlp { get; set; }
}

/// <summary>A port that a resource listens on.</summary>
internal sealed class EndpointAnnotation(string name, int port)
{
    public string Name { get; } = name;

    /// <summary>Port on this machine. Nothing stands in front of it: a process listens on it itself, a container's port is published as it.</summary>
    public int Port { get; } = port;

    /// <summary>Port inside a container.</summary>
    public int? TargetPort { get; init; }

    /// <summary>Environment variable that tells the resource its port.</summary>
    public string? Variable { get; init; }

    /// <summary>Whether people use it, not only other resources.</summary>
    public bool IsExternal { get; set; }

    /// <summary>What the list of addresses calls it, when its name does not say enough.</summary>
    public string? DisplayText { get; set; }

    public string Url => $"http://localhost:{Port}";
}

/// <summary>An endpoint of a resource, as another resource refers to it.</summary>
internal sealed record EndpointReference(IResourceWithEndpoints Resource, string EndpointName)
{
    public string Url => Endpoint.Url;

    public EndpointAnnotation Endpoint => Resource.Description.Endpoints.FirstOrDefault(endpoint => endpoint.Name == EndpointName)
        ?? throw new InvalidOperationException($"{Resource.Name} has no endpoint named {EndpointName}.");
}

/// <summary>A GET of <paramref name="Path"/> that must answer <paramref name="StatusCode"/>.</summary>
internal sealed record HealthCheck(EndpointReference Endpoint, string Path, int StatusCode)
{
    public Uri Address => new(new Uri(Endpoint.Url), Path);
}

/// <param name="Protocol">The protocol that the resource speaks; null leaves the choice to <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>.</param>
internal sealed record OtlpExporter(OtlpProtocol? Protocol);

internal enum OtlpProtocol
{
    Grpc,
    HttpProtobuf,
    HttpJson,
}

/// <summary>How the list of addresses shows an endpoint.</summary>
internal sealed class ResourceUrlAnnotation
{
    public required string Url { get; set; }

    public string? DisplayText { get; set; }
}
