// YARP as its "getting started" page sets it up, with backends from the command line: the baseline for AspireLB's own data path.
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var backends = builder.Configuration["Backends"]?.Split(',') ?? [];
var cluster = new ClusterConfig
{
    ClusterId = "backends",
    LoadBalancingPolicy = "RoundRobin",
    Destinations = backends.Index().ToDictionary(
        backend => $"server-{backend.Index + 1}", backend => new DestinationConfig { Address = backend.Item }),
    HealthCheck = new() { Active = new() { Enabled = true, Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(2), Path = "/" } },
};
var route = new RouteConfig { RouteId = "backends", ClusterId = "backends", Match = new() { Path = "/{**rest}" } }
    .WithTransformUseOriginalHostHeader();
builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]);
var app = builder.Build();
app.MapReverseProxy();
app.Run();
