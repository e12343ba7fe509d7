using AspireLB.AppHost;

// Flask servers and the load balancer in front of them: five on ports 5001 to 5005, the balancer on 8080, its console on 9090.
// Every number is an option; `dotnet run --project AppHost -- --help` lists them.
var builder = DistributedApplication.CreateBuilder(args);
if (!builder.TryReadOptions(args, out var options))
    return;

builder.AddPublishing();

var loadBalancer = builder.AddProject<Projects.LoadBalancer>("loadbalancer", project => project.ExcludeLaunchProfile = true)
    .WithHttpEndpoint(port: options.LoadBalancerPort, name: "http")
    .WithHttpEndpoint(port: options.AdminPort, name: "admin", env: "Admin__Port")
    .WithEndpointsInEnvironment(endpoint => endpoint.Name != "admin") // else the data listener takes the admin port as well
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
    .WithSettings(options.LoadBalancerSettings)
    .WithHttpHealthCheck("/health", endpointName: "admin")
    .WithUrlForEndpoint("admin", url => url.DisplayText = "Console")
    .WithExternalHttpEndpoints();

foreach (var (index, port) in options.BackendPorts.Index())
{
    var backend = builder.AddFlaskBackend($"server-{index + 1}", port, options);
    loadBalancer.WithBackend(index, backend);
}

builder.Build().Run();
