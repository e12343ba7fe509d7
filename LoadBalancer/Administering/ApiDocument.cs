namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// <c>/openapi/v1.json</c>, made when it is first asked for, by an application of its own that listens nowhere and has the same endpoints: what
/// describes them (MVC's API explorer, OpenAPI, JSON schemas) takes memory that most processes never have a use for.
/// </summary>
/// <param name="prepare">Registers what the endpoints need.</param>
/// <param name="map">Maps the endpoints that are described.</param>
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
        context.SetEndpoint(null); // chosen anew, among those of the other application
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
        builder.WebHost.UseKestrelCore(); // an application cannot be without a server, though this one never starts it
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
