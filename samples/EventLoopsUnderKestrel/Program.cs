// An ordinary ASP.NET Core program, not a proxy, whose connections run on event loops: epoll, and io_uring if the system allows it.
using AspireLB.EventLoops;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseEventLoops(loops => loops.MaxConnections = 10_000);

var app = builder.Build();

// Handlers usually run on the event loop of their connection from its second request on, so they must not block the thread.
app.MapGet("/", () => $"Hello from {Thread.CurrentThread.Name}.");
app.MapPost("/echo", async (HttpContext context) =>
{
    context.Response.ContentLength = context.Request.ContentLength;
    await context.Request.Body.CopyToAsync(context.Response.Body);
});

app.Run();
