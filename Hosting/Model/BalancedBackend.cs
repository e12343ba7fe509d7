using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireLB.Hosting.Model;

/// <summary>A resource that serves a cluster's requests. Each of its replicas is a separate backend.</summary>
internal sealed class BalancedBackend(IResourceWithEndpoints resource, int weight, string? endpointName)
{
    private const string AddressVariable = "ASPIRELB_ADDRESS_";

    public IResourceWithEndpoints Resource => resource;

    public int Weight => weight;

    /// <summary>The balanced endpoint: the named one, or else "http", or else the first HTTP endpoint.</summary>
    /// <exception cref="DistributedApplicationException">The resource has no such endpoint.</exception>
    public EndpointAnnotation Endpoint => Find() ?? throw new DistributedApplicationException(endpointName is null
        ? $"Resource '{resource.Name}' has no HTTP endpoint that could be balanced: give it one by WithHttpEndpoint."
        : $"Resource '{resource.Name}' has no HTTP endpoint '{endpointName}': {Known()}.");

    /// <summary>
    /// Whether each process has its own address behind Aspire's proxy. Connecting to it directly tells replicas apart and saves a hop.
    /// </summary>
    public bool HasOwnAddress => resource is ProjectResource or ExecutableResource && (Endpoint.IsProxied || resource.GetReplicaCount() > 1);

    /// <summary>Makes Aspire's orchestrator write each process's own address into its environment, where the snapshot shows it.</summary>
    public void TellOwnAddress(EnvironmentCallbackContext context)
    {
        if (HasOwnAddress)
        {
            var port = new EndpointReference(resource, Endpoint).Property(EndpointProperty.TargetPort);
            context.EnvironmentVariables[VariableFor(Endpoint)] = ReferenceExpression.Create($"{Endpoint.UriScheme}://localhost:{port}");
        }
    }

    /// <summary>Reads the address from a process's snapshot; null if it has none, or none yet.</summary>
    public string? OwnAddress(CustomResourceSnapshot snapshot)
    {
        var variable = VariableFor(Endpoint);
        var value = snapshot.EnvironmentVariables.FirstOrDefault(candidate => candidate.Name == variable)?.Value;
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private EndpointAnnotation? Find()
    {
        var endpoints = Endpoints.Where(endpoint => endpoint.UriScheme is "http" or "https").ToList();
        return endpointName is not null
            ? endpoints.Find(endpoint => string.Equals(endpoint.Name, endpointName, StringComparison.OrdinalIgnoreCase))
            : endpoints.Find(endpoint => endpoint.Name == "http")
                ?? endpoints.Find(endpoint => endpoint.UriScheme == "http")
                ?? endpoints.FirstOrDefault();
    }

    private IEnumerable<EndpointAnnotation> Endpoints => resource.Annotations.OfType<EndpointAnnotation>();

    private string Known() =>
        string.Join(", ", Endpoints.Select(endpoint => endpoint.Name)) is { Length: > 0 } names ? $"it has {names}" : "it has none";

    private static string VariableFor(EndpointAnnotation endpoint) =>
        AddressVariable + endpoint.Name.ToUpperInvariant().Replace('-', '_');
}
