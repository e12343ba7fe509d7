namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Serves <c>/openapi/v1.json</c>. A separate application with the same endpoints, which never listens, generates it on the first request: MVC's
/// API explorer, OpenAPI and JSON schemas take memory that most processes never need.
/// </summary>
/// <param name="prepare">Registers the services of the endpoints.</param>
/// <param name="map">Maps the endpoints to describe.</param>
internal sealed class ApiDocument(Action<WebApplicationBuilder> prepare, Action<WebApplication> map) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private WebApplication? _app;
    private RequestDelegate? _serve;

    public async Task ServeAsync(HttpContext context)
    {
        var serve = Serve();
        var services = context.RequestServices;
        await using var scope = _app!.Services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        context.SetEndpoint(null); // the other application selects its own endpoint
        try
        {
            await serve(context);
        }
        finally
        {
            context.RequestServices = services;
        }
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? default;

    private RequestDelegate Serve()
    {
        lock (_gate)
            return _serve ??= Build();
    }

    private RequestDelegate Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(ApiDocument).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore(); // the builder requires a server, although this one never starts
        prepare(builder);
        builder.Services.AddOpenApi(openApi => openApi.AddSchemaTransformer(NewWeight.Describe));

        _app = builder.Build();
        _app.UseRouting();
        map(_app);
        _app.MapOpenApi();
        _app.UseEndpoints(_ => { });
        return ((IApplicationBuilder)_app).Build();
    }
}
