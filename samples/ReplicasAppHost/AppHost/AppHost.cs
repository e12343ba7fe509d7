using Microsoft.Extensions.Configuration;

// An API with three replicas, the balancer in front of them, and a client that counts the responses of each replica.
//   dotnet run --project samples/ReplicasAppHost/AppHost
// Open the dashboard at the address it prints. While the client runs, stop a replica, drain one, or change the weight of one.
var builder = DistributedApplication.CreateBuilder(args);

var api = builder.AddProject<Projects.Api>("api").WithReplicas(3);

var balancer = builder.AddLoadBalancer("lb", port: builder.Configuration.GetValue("Port", 8080))
    .WithBackend(api)
    .WithHealthCheck("/health");

builder.AddProject<Projects.Client>("client").WithReference(balancer).WaitFor(balancer).WithExplicitStart();

builder.Build().Run();
