namespace AspireLB.LoadBalancer.Administering;

/// <summary>Who makes a change, as far as is known: the address, and what the client says of itself in <c>From</c> (RFC 9110 §10.1.2).</summary>
internal static class Author
{
    private const int Longest = 100;

    public static string Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "a Unix socket";
        var from = new string([.. context.Request.Headers.From.ToString().Where(character => !char.IsControl(character)).Take(Longest)]);
        return from.Length == 0 ? address : $"{from} ({address})";
    }
}
