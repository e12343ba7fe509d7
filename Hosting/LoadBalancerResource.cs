using AspireLB.Hosting.Following;
using AspireLB.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The load balancer AspireLB. In run mode it is a process of the program in the package, in publish mode a container.
/// </summary>
/// <param name="name">Name of the resource.</param>
/// <param name="workingDirectory">Directory in which the program runs.</param>
public sealed class LoadBalancerResource(string name, string workingDirectory)
    : ExecutableResource(name, "dotnet", workingDirectory), IResourceWithServiceDiscovery
{
    internal const string HttpEndpointName = "http";

    // The dashboard sorts a row's URLs by endpoint name; with this name the balancer's URL comes before its console's.
    internal const string ConsoleEndpointName = "management";

    private EndpointReference? _httpEndpoint;
    private EndpointReference? _consoleEndpoint;
    private InstanceBoard? _board;

    /// <summary>The endpoint "http", to which clients send their requests.</summary>
    public EndpointReference HttpEndpoint => _httpEndpoint ??= new(this, HttpEndpointName);

    /// <summary>The endpoint "management", with console and admin API, on loopback.</summary>
    public EndpointReference ConsoleEndpoint => _consoleEndpoint ??= new(this, ConsoleEndpointName);

    /// <summary>The balanced resources, by cluster.</summary>
    internal BalancedClusters Clusters { get; } = new();

    /// <summary>The latest state of the backends' processes and of the balancer itself.</summary>
    internal InstanceBoard Board => _board ??= new(this);

    /// <summary>Path of the program, a .dll or an executable; null if none was found.</summary>
    internal string? Program { get; set; }

    /// <summary>The image to use when the balancer is a container.</summary>
    internal (string Name, string? Tag) Image { get; set; } = ("aspirelb", null);

    /// <summary>Whether the balancer is a container in run mode too.</summary>
    internal bool RunsAsContainer { get; set; }

    /// <summary>The token that the container's admin API requires. The program needs none, because it listens on loopback.</summary>
    internal ParameterResource? AdminToken { get; set; }

    /// <summary>Name of the cookie that binds a client to a backend; null: requests are not bound.</summary>
    internal string? StickyCookie { get; set; }
}
