namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Reads the <c>Admin</c> section and refuses an unprotected admin listener on an address that others can reach.</summary>
internal static class AdminSection
{
    public const string Key = "Admin";

    public static AdminOptions Read(IConfiguration configuration, ICollection<ConfigurationError> errors)
    {
        var options = new AdminOptions();
        var before = errors.Count;
        OptionsReader.Read(configuration.GetSection(Key), options, errors);
        BindingAddresses.Check($"{Key}:Urls", options.EffectiveUrls, errors);
        foreach (var url in BindingAddresses.Split(options.EffectiveUrls).Where(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
            errors.Add(new($"{Key}:Urls", url, "expected: http; the admin listener has no TLS"));
        if (errors.Count == before && options is { Enabled: true, Token: null, IsLoopbackOnly: false })
            errors.Add(new($"{Key}:Token", null, $"a token is required when the admin listener is not on a loopback address ({options.EffectiveUrls})"));
        return options;
    }
}
