// Responds with the name of the process.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();

var app = builder.Build();
app.MapGet("/", () => $"replica {Environment.ProcessId}\n");
app.MapHealthChecks("/health");
app.Run();
