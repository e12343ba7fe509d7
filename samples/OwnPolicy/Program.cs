// A custom picking policy: each tenant keeps its backend while that is available (rendezvous hashing). Everything is configured in code.
using System.IO.Hashing;
using System.Text;
using AspireLB.Balancing;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Picking;
using Yarp.ReverseProxy.Configuration;

var builder = WebApplication.CreateBuilder(args);

var addresses = (builder.Configuration["Backends"] ?? "http://localhost:5001,http://localhost:5002").Split(',');
var destinations = addresses.Index().ToDictionary(address => $"api-{address.Index + 1}", address => new DestinationConfig { Address = address.Item });

builder.Services.AddReverseProxy()
    .LoadFromMemory(
        [new RouteConfig { RouteId = "all", ClusterId = "api", Match = new RouteMatch { Path = "{**path}" } }],
        [new ClusterConfig { ClusterId = "api", Destinations = destinations }])
    .AddPickingPolicy<TenantPolicy>()
    .AddBalancing(options => options.ForCluster("api", api => api.Policy = "Tenant"));

var app = builder.Build();
app.MapReverseProxy(proxy => proxy.UseBalancing());
app.Run();

internal sealed class TenantPolicy : IPickingPolicy
{
    public string Name => "Tenant";

    public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
    {
        var tenant = context.Request.Headers["X-Tenant"].ToString();
        return candidates.Backends.ToArray().MaxBy(backend => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{tenant}/{backend.Name}")))!;
    }
}
