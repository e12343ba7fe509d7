using AspireLB.Hosting.Following;
using AspireLB.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The load balancer AspireLB. In run mode it is a process of the program that comes with the package, in publish mode a container.
/// </summary>
/// <param name="name">Name of the resource.</param>
/// <param name="workingDirectory">Directory in which the program runs.</param>
public sealed class LoadBalancerResource(string name, string workingDirectory)
    : ExecutableResource(name, "dotnet", workingDirectory), IResourceWithServiceDiscovery
{
    internal const string HttpEndpointName = "http";

    // The dashboard sorts a row's URLs by the name of the endpoint: the balancer comes before its console.
    internal const string ConsoleEndpointName = "management";

    private EndpointReference? _httpEndpoint;
    private EndpointReference? _consoleEndpoint;
    private InstanceBoard? _board;

    /// <summary>Where clients send their requests: the endpoint "http".</summary>
    public EndpointReference HttpEndpoint => _httpEndpoint ??= new(this, HttpEndpointName);

    /// <summary>Console and admin API, on loopback: the endpoint "management".</summary>
    public EndpointReference ConsoleEndpoint => _consoleEndpoint ??= new(this, ConsoleEndpointName);

    /// <summary>What is balanced, by cluster.</summary>
    internal BalancedClusters Clusters { get; } = new();

    /// <summary>What is known of its backends' processes, and of its own.</summary>
    internal InstanceBoard Board => _board ??= new(this);

    /// <summary>The program, a .dll or an executable; null where none was found.</summary>
    internal string? Program { get; set; }

    /// <summary>The image where it is a container.</summary>
    internal (string Name, string? Tag) Image { get; set; } = ("aspirelb", null);

    /// <summary>Whether run mode too uses the container image.</summary>
    internal bool RunsAsContainer { get; set; }

    /// <summary>The token that the admin side of the container asks for; the program listens on loopback without one.</summary>
    internal ParameterResource? AdminToken { get; set; }

    /// <summary>Name of the cookie that binds a client to a backend; null: requests are not bound.</summary>
    internal string? StickyCookie { get; set; }
}
