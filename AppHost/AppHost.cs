using AspireLB.AppHost;
using AspireLB.AppHost.Options;
using AspireLB.AppHost.Servers;
using AspireLB.AppHost.Watching;

// The topology: Flask servers, by default five on ports 5001 to 5005, behind the load balancer on 8080 with its console on 9090.
// Every number is an option; `dotnet run --project AppHost -- --help` lists them.
var builder = DistributedApplication.CreateBuilder(LaunchDefaults.Apply(args));
if (!builder.TryReadOptions(args, out var options) || await FlaskServers.PrepareAsync(builder, options) is not { } servers)
    return Environment.ExitCode;

var loadBalancer = builder.AddLoadBalancer("loadbalancer", options.LoadBalancerPort, options.AdminPort);
foreach (var (key, value) in options.LoadBalancerSettings)
    loadBalancer.WithSetting(key, value);

foreach (var (index, port) in options.BackendPorts.Index())
    loadBalancer.WithBackend(servers.Add($"server-{index + 1}", port));

loadBalancer.RestartCrashed();
loadBalancer.ShowAddresses(options);

builder.Build().RunUntilStopped();
return Environment.ExitCode;
