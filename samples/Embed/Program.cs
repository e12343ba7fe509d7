// A gateway on YARP with the balancing engine of AspireLB. Routes and clusters stand in the section ReverseProxy of appsettings.json, as for any
// YARP gateway; the section LoadBalancer says how their requests are balanced, retried and limited.
using AspireLB.Balancing;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddBalancing(builder.Configuration.GetSection("LoadBalancer"));

var app = builder.Build();

app.MapGet("/about", () => "a gateway with endpoints of its own");
app.MapReverseProxy(proxy => proxy.UseBalancing());

app.Run();
