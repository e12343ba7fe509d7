using System.Security.Cryptography;
using System.Text;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Authorization;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Lets requests through that carry the bearer token (RFC 6750 §2.1), all when there is none. Liveness and readiness stay open: they tell
/// nothing, and orchestrators ask them without credentials. So do endpoints that say so: the console's page, which then asks for the token.
/// </summary>
internal sealed class AdminToken(RequestDelegate next, string token)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _expected = token.Length == 0 ? [] : Hash(token);

    public Task InvokeAsync(HttpContext context)
    {
        if (token.Length == 0 || context.Request.Path.Value is "/alive" or "/health" || IsPublic(context) || IsAuthorized(context.Request))
            return next(context);

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.WriteKeepingHeadersAsync(context, StatusCodes.Status401Unauthorized, "The admin API needs the token: Authorization: Bearer …");
    }

    private static bool IsPublic(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    // Hashes have one length, so the comparison takes the same time for every wrong token. The scheme is written in any case (RFC 9110 §11.1).
    private bool IsAuthorized(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var given && given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(given[Scheme.Length..]), _expected);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
