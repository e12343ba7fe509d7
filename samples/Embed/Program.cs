// A YARP gateway with the balancing engine of AspireLB. The section ReverseProxy of appsettings.json has the routes and clusters, as in any YARP
// gateway; the section LoadBalancer configures how requests are balanced, retried and limited.
using AspireLB.Balancing;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddBalancing(builder.Configuration.GetSection("LoadBalancer"));

var app = builder.Build();

app.MapGet("/about", () => "a gateway with endpoints of its own");
app.MapReverseProxy(proxy => proxy.UseBalancing());

app.Run();
