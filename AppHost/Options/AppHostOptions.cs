namespace AspireLB.AppHost.Options;

/// <summary>How the Flask servers are run.</summary>
internal enum BackendRun
{
    /// <summary>As containers if a container engine responds and can build the image, otherwise as processes.</summary>
    Auto,

    /// <summary>Each as a container built from backends/Dockerfile.</summary>
    Container,

    /// <summary>Each as a Python process on this machine.</summary>
    Process,
}

/// <summary>The validated options of the AppHost: every port is in range, and no port is used twice.</summary>
internal sealed record AppHostOptions
{
    public const int DefaultCount = 5;
    public const int HighestCount = 100;
    public const int DefaultFirstPort = 5001;
    public const int DefaultLoadBalancerPort = 8080;
    public const int DefaultAdminPort = 9090;

    /// <summary>Ports of server-1, server-2 and so on.</summary>
    public required IReadOnlyList<int> BackendPorts { get; init; }

    public required int LoadBalancerPort { get; init; }

    public required int AdminPort { get; init; }

    public required BackendRun Run { get; init; }

    /// <summary>All other keys of the section LoadBalancer, passed on to the balancer.</summary>
    public required IReadOnlyDictionary<string, string> LoadBalancerSettings { get; init; }

    /// <summary>Build arguments for backends/Dockerfile.</summary>
    public required IReadOnlyDictionary<string, string> BuildArguments { get; init; }

    /// <summary>The container engine to use; null selects the first of docker and podman that responds.</summary>
    public string? Engine { get; init; }

    /// <summary>Additional flags for the engine's build command.</summary>
    public IReadOnlyList<string> BuildFlags { get; init; } = [];

    /// <summary>Whether to keep the image after the run, so that the next run need not build it.</summary>
    public bool KeepImage { get; init; }

    /// <summary>Port of Aspire's dashboard; null if the environment (ASPNETCORE_URLS) sets its address.</summary>
    public int? DashboardPort { get; init; }

    public static readonly string Help =
        $"""
        Starts Flask servers and the load balancer in front of them.

        dotnet run --project AppHost -- [options]
          --Backends:Count=N            number of Flask servers, 1 to {HighestCount} (default {DefaultCount})
          --Backends:Port=P             port of the first; the others follow (default {DefaultFirstPort})
          --Backends:Ports=P,Q,...      port of each, instead of the two above
          --Backends:Run=R              container or process (default: containers where an engine can build them, else processes)
          --Backends:BuildArgs:NAME=V   build argument of backends/Dockerfile
          --LoadBalancer:Port=P         port of the balancer (default {DefaultLoadBalancerPort})
          --LoadBalancer:AdminPort=P    port of its console and admin API (default {DefaultAdminPort})
          --LoadBalancer:KEY=V          any other setting of the balancer, for example --LoadBalancer:Policy=LeastRequests
          --Dashboard:Port=P            port of Aspire's dashboard (default {LaunchDefaults.DashboardPort})
          --Containers:Engine=E         docker or podman (default: the first that answers)
          --Containers:BuildFlags=F     further flags of the engine's build, separated by spaces
          --Containers:KeepImage=true   keeps the image for the next start; else it goes with the run that built it
          --environment=E               value of ASPNETCORE_ENVIRONMENT for the balancer (default Development)
        Options of .NET Aspire itself, such as --operation, are passed on to it.
        The same keys can be set in AppHost/appsettings.json or as environment variables (Backends__Count=3).
        """;
}
