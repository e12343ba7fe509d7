using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Rejects requests over TLS that come without a client certificate; <see cref="AdminTls"/> has verified those that come with one. Liveness and
/// readiness need no certificate, as they need no token.
/// </summary>
internal sealed class ClientCertificate(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        !context.Request.IsHttps || context.Connection.ClientCertificate is not null || context.Request.Path.Value is "/alive" or "/health"
            ? next(context)
            : Problem.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "The admin API needs a client certificate that chains to one of those in Admin:Tls:ClientCa.");
}
