using System.Security.Cryptography;
using System.Text;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Authorization;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Requires the bearer token (RFC 6750 §2.1), if one is configured. Liveness and readiness stay open: they reveal nothing, and orchestrators
/// probe them without credentials. Endpoints marked as anonymous stay open too: the console's page, which then asks for the token.
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
        return Problem.WriteKeepingHeadersAsync(
            context,
            StatusCodes.Status401Unauthorized,
            "The admin API needs the token: Authorization: Bearer …");
    }

    private static bool IsPublic(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    // Comparing hashes of equal length takes the same time for every wrong token. The scheme is case-insensitive (RFC 9110 §11.1).
    private bool IsAuthorized(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var given && given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(given[Scheme.Length..]), _expected);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
