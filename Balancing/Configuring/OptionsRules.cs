using System.Collections;
using System.Globalization;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>Checks options against the attributes of their properties.</summary>
internal static class OptionsRules
{
    /// <summary>Checks every property of an options object and of the objects within it.</summary>
    /// <param name="options">The options.</param>
    /// <param name="path">Key of the options, for errors.</param>
    /// <param name="errors">Receives every error found.</param>
    public static void CheckAll(IOptionsSection options, string path, ICollection<ConfigurationError> errors)
    {
        foreach (var property in options.Properties)
        {
            var value = property.Get(options);
            if (!property.IsSection)
                Check(property, value, $"{path}:{property.Name}", written: null, errors);
            else if (value is null)
                errors.Add(new($"{path}:{property.Name}", null, "must not be null"));
            else
                CheckAll((IOptionsSection)value, $"{path}:{property.Name}", errors);
        }
    }

    /// <summary>Checks one value against the rules of its property.</summary>
    /// <param name="property">The property with the rules.</param>
    /// <param name="value">The value. If it is a list, each element is checked.</param>
    /// <param name="key">Key of the value, for errors.</param>
    /// <param name="written">The value as written in the configuration; null shows the value itself.</param>
    /// <param name="errors">Receives every error found.</param>
    public static void Check(OptionProperty property, object? value, string key, string? written, ICollection<ConfigurationError> errors)
    {
        foreach (var rule in property.Rules)
        {
            var broken = Elements(value).FirstOrDefault(element => !rule.IsValid(element.Value));
            if (broken is null)
                continue;

            var shown = written ?? Convert.ToString(broken.Value, CultureInfo.InvariantCulture) ?? "";
            errors.Add(new(key, Shown(property, shown), "allowed: " + AllowedValues.Describe(rule)));
        }
    }

    private static string Shown(OptionProperty property, string value) =>
        property.IsPassword ? SecretText.Mask : value;

    private static IEnumerable<Element> Elements(object? value) =>
        value is IEnumerable list and not string ? list.Cast<object?>().Select(item => new Element(item)) : [new Element(value)];

    private sealed record Element(object? Value);
}
