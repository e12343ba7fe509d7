using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Refuses requests over TLS that come without a client certificate; one that comes has been checked by <see cref="AdminTls"/>. Orchestrators
/// ask for liveness and readiness without one, as they do without the token.
/// </summary>
internal sealed class ClientCertificate(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        !context.Request.IsHttps || context.Connection.ClientCertificate is not null || context.Request.Path.Value is "/alive" or "/health"
            ? next(context)
            : Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "The admin API needs a client certificate that stems from one of those in Admin:Tls:ClientCa.");
}
