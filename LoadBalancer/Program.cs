using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

var builder = WebApplication.CreateSlimBuilder(args);
var backends = builder.Configuration["Backends"]?.Split(',') ?? [];
var destinations = backends.Index().ToDictionary(b => $"server-{b.Index + 1}", b => new DestinationConfig { Address = b.Item });
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "backends", ClusterId = "backends", Match = new() { Path = "/{**rest}" } }.WithTransformUseOriginalHostHeader()],
    [new ClusterConfig { ClusterId = "backends", Destinations = destinations, LoadBalancingPolicy = "RoundRobin" }]);
var app = builder.Build();
app.MapReverseProxy();
app.Run();
