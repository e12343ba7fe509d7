using System.Reflection;

namespace AspireLB.Balancing.Configuring;

/// <summary>
/// Reads a configuration section onto an options object, strictly: an unknown key, a value of the wrong type and a value out of range are
/// all errors, and all are collected. What the section does not mention keeps the value it has, so defaults and overrides can be laid
/// over each other.
/// </summary>
internal static class OptionsReader
{
    /// <param name="section">Where to read.</param>
    /// <param name="target">The options to fill; its properties tell what is allowed.</param>
    /// <param name="errors">Takes every error found.</param>
    /// <param name="alsoAllowed">Keys of the section that somebody else reads.</param>
    public static void Read(IConfigurationSection section, object target, ICollection<ConfigurationError> errors, params string[] alsoAllowed)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            errors.Add(new(section.Path, section.Value, "a section is expected here, not a value"));
            return;
        }

        var properties = Properties(target.GetType());
        foreach (var child in section.GetChildren())
        {
            if (alsoAllowed.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                continue;

            if (!properties.TryGetValue(child.Key, out var property))
                errors.Add(Unknown(child, properties.Keys.Concat(alsoAllowed)));
            else if (IsSection(property.PropertyType))
                Read(child, property.GetValue(target)!, errors);
            else
                ReadValue(child, property, target, errors);
        }
    }

    /// <summary>The settable options of a type, by name; names are compared as configuration does, without case.</summary>
    public static IReadOnlyDictionary<string, PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a property of this type is a section of its own.</summary>
    public static bool IsSection(Type type) => type.IsClass && type != typeof(string) && !type.IsArray;

    public static ConfigurationError Unknown(IConfigurationSection child, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToArray();
        var hint = NearestName.Find(child.Key, names) is { } near ? $"did you mean {near}? " : "";
        return new(child.Path, null, $"unknown key; {hint}Known here: {string.Join(", ", names)}");
    }

    private static void ReadValue(IConfigurationSection child, PropertyInfo property, object target, ICollection<ConfigurationError> errors)
    {
        if (!ValueParser.TryParse(child, property.PropertyType, out var value, out var expected))
        {
            errors.Add(new(child.Path, child.Value ?? "", expected));
            return;
        }

        var before = errors.Count;
        OptionsRules.Check(property, value, child.Path, child.Value, errors);

        // What breaks a rule is not taken over, so that whoever looks at the options next may rely on the rules.
        if (errors.Count == before)
            property.SetValue(target, value);
    }
}
