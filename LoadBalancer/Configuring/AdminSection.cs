using AspireLB.Balancing.Configuring;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Reads the <c>Admin</c> section and rejects an unprotected admin listener on an address that other machines can reach.</summary>
internal static class AdminSection
{
    public const string Key = "Admin";

    public static AdminOptions Read(IConfiguration configuration, ICollection<ConfigurationError> errors)
    {
        var options = new AdminOptions();
        var before = errors.Count;
        OptionsReader.Read(configuration.GetSection(Key), options, errors);
        BindingAddresses.Check($"{Key}:Urls", options.EffectiveUrls, errors);
        if (errors.Count == before && options.Enabled)
            Check(options, errors);
        return options;
    }

    private static void Check(AdminOptions options, ICollection<ConfigurationError> errors)
    {
        var urls = options.EffectiveUrls;
        if (options is { HasHttps: true, Tls.Certificate: null })
            errors.Add(new($"{Key}:Tls:Certificate", null, $"a certificate is required for an https address ({urls})"));
        else if (options is { HasHttps: false, Tls.IsEmpty: false })
            errors.Add(new($"{Key}:Tls", null, $"none of the addresses uses https ({urls})"));
        else if (options.HasHttps)
            AdminCertificates.Load(options.Tls, errors);
        if (options.IsUnprotected)
            errors.Add(new(
                $"{Key}:Token",
                null,
                $"a token is required unless the admin listener is on a loopback address, or uses https with Tls:ClientCa ({urls})"));
    }
}
