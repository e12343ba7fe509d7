using System.Collections;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring;

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
    public static void Read(IConfigurationSection section, IOptionsSection target, ICollection<ConfigurationError> errors, params string[] alsoAllowed)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            errors.Add(new(section.Path, section.Value, "a section is expected here, not a value"));
            return;
        }

        var properties = Properties(target);
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

    /// <summary>The options of a section by name; names are compared as configuration does, without case.</summary>
    private static Dictionary<string, OptionProperty> Properties(IOptionsSection section) =>
        section.Properties.ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

    public static ConfigurationError Unknown(IConfigurationSection child, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToArray();
        var hint = NearestName.Find(child.Key, names) is { } near ? $"did you mean {near}? " : "";
        return new(child.Path, null, $"unknown key; {hint}Known here: {string.Join(", ", names)}");
    }

    private static void ReadValue(IConfigurationSection child, OptionProperty property, object target, ICollection<ConfigurationError> errors)
    {
        if (!ValueParser.TryParse(child, property.Type, out var value, out var expected))
        {
            errors.Add(new(child.Path, child.Value ?? "", expected));
            return;
        }

        var before = errors.Count;
        foreach (var rule in property.Rules)
        {
            var broken = Elements(value).FirstOrDefault(element => !rule.IsValid(element.Value));
            if (broken is not null)
                errors.Add(new(child.Path, Shown(property, child.Value ?? broken.Value?.ToString() ?? ""), "allowed: " + AllowedValues.Describe(rule)));
        }

        // What breaks a rule is not taken over, so that whoever looks at the options next may rely on the rules.
        if (errors.Count == before)
            property.Set(target, value);
    }

    private static string Shown(OptionProperty property, string value) => property.IsPassword ? SecretText.Mask : value;

    private static IEnumerable<Element> Elements(object? value) =>
        value is IEnumerable list and not string ? list.Cast<object?>().Select(item => new Element(item)) : [new Element(value)];

    private sealed record Element(object? Value);
}
