using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Picking;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Builds the JSON schema (draft 2020-12) of AspireLB's own sections from the options classes: types, ranges and defaults from the code,
/// descriptions from the docstrings. Editors validate and complete appsettings.json with it.
/// </summary>
internal static class OptionsSchema
{
    private const string DurationPattern = @"^(\d+\.)?\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?$";

    public static JsonObject Build() => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "AspireLB configuration",
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["Urls"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "Addresses to listen on for traffic.",
                ["default"] = ConfigurationReader.DefaultUrls,
            },
            ["Backends"] = Backends(),
            ["LoadBalancer"] = WithClusters(),
            ["Admin"] = Section(new AdminOptions()),
            ["ReverseProxy"] = new JsonObject { ["type"] = "object", ["description"] = "Any YARP configuration." },
        },
    };

    private static JsonObject Backends()
    {
        var entry = Section(new BackendEntryOptions());
        entry["required"] = new JsonArray("Address");
        return new()
        {
            ["description"] = "The backends: a list of URLs or of objects, or one comma-separated string.",
            ["type"] = new JsonArray("array", "string"),
            ["items"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["format"] = "uri" }, entry) },
        };
    }

    private static JsonObject WithClusters()
    {
        var section = Section(new RootOptions());
        section["properties"]!["Clusters"] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "Overrides for single clusters, by cluster id.",
            ["additionalProperties"] = Section(new ClusterOptions()),
        };
        return section;
    }

    private static JsonObject Section(IOptionsSection options)
    {
        var properties = options.Properties.OrderBy(property => property.Name, StringComparer.Ordinal);
        return new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(properties
                .Select(property => KeyValuePair.Create<string, JsonNode?>(property.Name, Property(property, options)))),
        };
    }

    private static JsonObject Property(OptionProperty property, IOptionsSection options)
    {
        var value = property.Get(options);
        var schema = property.IsSection ? Section((IOptionsSection)value!) : Value(property, value);
        if (property.Summary.Length > 0)
            schema["description"] = property.Summary;
        return schema;
    }

    private static JsonObject Value(OptionProperty property, object? value)
    {
        var nullable = Nullable.GetUnderlyingType(property.Type);
        var schema = OfType(nullable ?? property.Type, property);
        if (nullable is not null || (value is null && !property.Rules.OfType<RequiredAttribute>().Any()))
            schema["type"] = new JsonArray((string?)schema["type"], "null");
        if (value is not null)
            schema["default"] = Default(value);
        return schema;
    }

    private static JsonObject OfType(Type type, OptionProperty property) => type switch
    {
        _ when type == typeof(string[]) => new() { ["type"] = "array", ["items"] = Text(property) },
        _ when type.IsArray => new() { ["type"] = "array", ["items"] = Ranged("integer", property) },
        _ when type == typeof(bool) => new() { ["type"] = "boolean" },
        _ when type == typeof(int) => Ranged("integer", property),
        _ when type == typeof(double) => Ranged("number", property),
        _ when type == typeof(TimeSpan) => new() { ["type"] = "string", ["pattern"] = DurationPattern },
        _ when property.Name == nameof(ClusterOptions.Policy) => new()
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. PickingPolicies.Names.Select(name => (JsonNode)name)]),
        },
        _ => Text(property),
    };

    private static JsonObject Ranged(string type, OptionProperty property)
    {
        var schema = new JsonObject { ["type"] = type };
        if (property.Rules.OfType<RangeAttribute>().FirstOrDefault() is { } range)
        {
            schema["minimum"] = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
            schema["maximum"] = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        }

        return schema;
    }

    private static JsonObject Text(OptionProperty property)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (property.Rules.OfType<RegularExpressionAttribute>().FirstOrDefault() is { } expression)
            schema["pattern"] = $"^({expression.Pattern})$";
        return schema;
    }

    private static JsonNode Default(object value) => value switch
    {
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        bool flag => flag,
        int number => number,
        double number => number,
        string text => text,
        int[] numbers => new JsonArray([.. numbers.Select(number => (JsonNode)number)]),
        string[] texts => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        _ => throw new NotSupportedException($"options of type {value.GetType()} have no JSON form"),
    };
}
