namespace AspireLB.LoadBalancer.Administering;

/// <summary>An error of the admin API, as problem details.</summary>
internal sealed class AdminError(int status, string title) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => Problem.WriteAsync(httpContext, status, title);
}
