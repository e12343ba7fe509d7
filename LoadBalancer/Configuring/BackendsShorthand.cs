using System.Globalization;
using AspireLB.Balancing.Configuring;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>One entry of <c>Backends</c>.</summary>
internal sealed record BackendEntry(string Name, string Address, int Weight = 1);

/// <summary>
/// Reads <c>Backends</c>: a list of URLs or of objects (<c>Name</c>, <c>Address</c>, <c>Weight</c>), or one comma-separated string.
/// The last configuration source that has the key replaces all others: a list on the command line does not merge with one in a file.
/// </summary>
internal sealed class BackendsShorthand(IConfiguration configuration, ICollection<ConfigurationError> errors)
{
    public const string Key = "Backends";

    /// <summary>Whether the key is present, even with an empty value.</summary>
    public bool IsPresent => configuration.GetSection(Key) is var section && (section.Value is not null || section.GetChildren().Any());

    /// <summary>The entries in configured order; empty when the key is absent.</summary>
    public IReadOnlyList<BackendEntry> Read()
    {
        var section = LastSource().GetSection(Key);
        var entries = string.IsNullOrEmpty(section.Value)
            ? section.GetChildren().Select(child => string.IsNullOrEmpty(child.Value) ? ReadObject(child) : FromUrl(child.Path, child.Value))
            : section.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(url => FromUrl(Key, url));
        return Named(entries.OfType<Unnamed>().ToList());
    }

    private IConfiguration LastSource()
    {
        if (configuration is not IConfigurationRoot root)
            return configuration;

        var last = root.Providers.Reverse().FirstOrDefault(provider => provider.TryGet(Key, out _) || provider.GetChildKeys([], Key).Any());
        return last is null ? configuration : new ConfigurationRoot([new LoadedProvider(last)]);
    }

    private Unnamed? ReadObject(IConfigurationSection section)
    {
        var options = new BackendEntryOptions();
        var before = errors.Count;
        OptionsReader.Read(section, options, errors);
        if (errors.Count > before)
            return null;

        return FromUrl(section.Path + ":Address", options.Address ?? "") is { } entry
            ? entry with { Key = section.Path, Name = string.IsNullOrEmpty(options.Name) ? null : options.Name, Weight = options.Weight }
            : null;
    }

    private Unnamed? FromUrl(string key, string address)
    {
        if (BackendUrl.TryParse(address, out var uri))
            return new(key, null, uri, address);

        errors.Add(new(key, address, BackendUrl.Expected));
        return null;
    }

    // The default name is the host if it is a name and unique among the entries, otherwise host:port.
    private List<BackendEntry> Named(List<Unnamed> entries)
    {
        var hosts = entries.CountBy(HostOf, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var named = new List<BackendEntry>(entries.Count);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in entries)
        {
            var host = BackendUrl.NameOf(entry.Address, entry.Uri);
            var name = entry.Name ?? (host is not null && hosts[host] == 1
                ? host
                : string.Create(CultureInfo.InvariantCulture, $"{entry.Uri.Host}:{entry.Uri.Port}"));
            if (taken.Add(name))
                named.Add(new(name, entry.Address, entry.Weight));
            else
                errors.Add(new(entry.Key, name, "another backend already has this name; names must be unique"));
        }

        return named;
    }

    private static string HostOf(Unnamed entry) => BackendUrl.NameOf(entry.Address, entry.Uri) ?? entry.Uri.Host;

    private sealed record Unnamed(string Key, string? Name, Uri Uri, string Address, int Weight = 1);
}
