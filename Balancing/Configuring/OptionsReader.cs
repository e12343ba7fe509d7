using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>
/// Reads a configuration section into an options object, strictly: an unknown key, a value of the wrong type and a value out of range are all
/// errors, and all errors are collected. Options that the section does not mention keep their values, so that overrides can be read on top of
/// defaults.
/// </summary>
internal static class OptionsReader
{
    /// <param name="section">The section to read.</param>
    /// <param name="target">The options to fill; its properties define the allowed keys.</param>
    /// <param name="errors">Receives every error found.</param>
    /// <param name="alsoAllowed">Keys of the section that other code reads.</param>
    public static void Read(
        IConfigurationSection section, IOptionsSection target, ICollection<ConfigurationError> errors, params string[] alsoAllowed)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            errors.Add(new(section.Path, section.Value, "a section is expected here, not a value"));
            return;
        }

        var properties = target.Properties.ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (alsoAllowed.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                continue;

            if (!properties.TryGetValue(child.Key, out var property))
                errors.Add(Unknown(child, properties.Keys.Concat(alsoAllowed)));
            else if (property.IsSection)
                Read(child, (IOptionsSection)property.Get(target)!, errors);
            else
                ReadValue(child, property, target, errors);
        }
    }

    public static ConfigurationError Unknown(IConfigurationSection child, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToArray();
        var hint = NearestName.Find(child.Key, names) is { } near ? $"did you mean {near}? " : "";
        return new(child.Path, null, $"unknown key; {hint}Known here: {string.Join(", ", names)}");
    }

    private static void ReadValue(
        IConfigurationSection child, OptionProperty property, IOptionsSection target, ICollection<ConfigurationError> errors)
    {
        if (!ValueParser.TryParse(child, property.Type, out var value, out var expected))
        {
            errors.Add(new(child.Path, child.Value ?? "", expected));
            return;
        }

        var before = errors.Count;
        OptionsRules.Check(property, value, child.Path, child.Value, errors);

        // Leave out invalid values, so that later checks can rely on the rules.
        if (errors.Count == before)
            property.Set(target, value);
    }
}
