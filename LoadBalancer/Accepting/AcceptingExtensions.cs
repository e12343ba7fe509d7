namespace AspireLB.LoadBalancer.Accepting;

internal static class AcceptingExtensions
{
    /// <summary>The listener for traffic.</summary>
    public static void AddAccepting(this WebApplicationBuilder builder, string urls)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Bodies stream with back-pressure, so their size costs no memory; a backend knows best what it takes.
            kestrel.Limits.MaxRequestBodySize = null;
        });
    }
}
