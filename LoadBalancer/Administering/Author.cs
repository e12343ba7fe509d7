using System.Security.Cryptography.X509Certificates;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Describes who makes a change, as far as known: the name in the client certificate, the address, and the client's own <c>From</c> field
/// (RFC 9110 §10.1.2).
/// </summary>
internal static class Author
{
    private const int Longest = 100;

    public static string From(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "a Unix socket";
        if (context.Connection.ClientCertificate is { } certificate)
            address = $"certificate of {Plain(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false))}, {address}";
        var from = Plain(context.Request.Headers.From.ToString());
        return from.Length == 0 ? address : $"{from} ({address})";
    }

    private static string Plain(string text) => new([.. text.Where(character => !char.IsControl(character)).Take(Longest)]);
}
