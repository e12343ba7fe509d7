using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Picking;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// The JSON schema (draft 2020-12) of the sections that are ours, made from the options themselves: types, ranges and defaults from the code,
/// descriptions from its documentation. Editors check and complete appsettings.json by it.
/// </summary>
internal sealed class OptionsSchema(params IEnumerable<XDocument> documentation)
{
    private const string DurationPattern = @"^(\d+\.)?\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?$";

    private readonly ILookup<string, XElement> _summaries = documentation
        .SelectMany(assembly => assembly.Descendants("member"))
        .ToLookup(member => (string?)member.Attribute("name") ?? "", member => member);

    /// <summary>With the documentation of the program, and of the engine, whose options the program's own are built on.</summary>
    public static OptionsSchema Create() => new(DocumentationOf(typeof(RootOptions)), DocumentationOf(typeof(ClusterOptions)));

    public JsonObject Build() => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "AspireLB configuration",
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["Urls"] = new JsonObject { ["type"] = "string", ["description"] = "Where to listen for traffic.", ["default"] = ConfigurationReader.DefaultUrls },
            ["Backends"] = Backends(),
            ["LoadBalancer"] = WithClusters(),
            ["Admin"] = Section(new AdminOptions()),
            ["ReverseProxy"] = new JsonObject { ["type"] = "object", ["description"] = "Any YARP configuration." },
        },
    };

    private static XDocument DocumentationOf(Type options) =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, options.Assembly.GetName().Name + ".xml"));

    private JsonObject Backends()
    {
        var entry = Section(new BackendEntryOptions());
        entry["required"] = new JsonArray("Address");
        return new()
        {
            ["description"] = "The servers to balance: a list of URLs or of objects, or one comma-separated string.",
            ["type"] = new JsonArray("array", "string"),
            ["items"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["format"] = "uri" }, entry) },
        };
    }

    private JsonObject WithClusters()
    {
        var section = Section(new RootOptions());
        section["properties"]!["Clusters"] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "What single clusters override, by cluster id.",
            ["additionalProperties"] = Section(new ClusterOptions()),
        };
        return section;
    }

    private JsonObject Section(object options)
    {
        var properties = OptionsReader.Properties(options.GetType()).Values.OrderBy(property => property.Name, StringComparer.Ordinal);
        return new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create<string, JsonNode?>(property.Name, Property(property, options)))),
        };
    }

    private JsonObject Property(PropertyInfo property, object options)
    {
        var value = property.GetValue(options);
        var schema = OptionsReader.IsSection(property.PropertyType) ? Section(value!) : Value(property, value);
        if (Summary(property) is { Length: > 0 } summary)
            schema["description"] = summary;
        return schema;
    }

    private static JsonObject Value(PropertyInfo property, object? value)
    {
        var nullable = Nullable.GetUnderlyingType(property.PropertyType);
        var schema = OfType(nullable ?? property.PropertyType, property);
        if (nullable is not null || (value is null && property.GetCustomAttribute<RequiredAttribute>() is null))
            schema["type"] = new JsonArray((string?)schema["type"], "null");
        if (value is not null)
            schema["default"] = value is TimeSpan span ? span.ToString("c", CultureInfo.InvariantCulture) : System.Text.Json.JsonSerializer.SerializeToNode(value);
        return schema;
    }

    private static JsonObject OfType(Type type, PropertyInfo property) => type switch
    {
        _ when type == typeof(string[]) => new() { ["type"] = "array", ["items"] = Text(property) },
        _ when type.IsArray => new() { ["type"] = "array", ["items"] = Ranged("integer", property) },
        _ when type == typeof(bool) => new() { ["type"] = "boolean" },
        _ when type == typeof(int) => Ranged("integer", property),
        _ when type == typeof(double) => Ranged("number", property),
        _ when type == typeof(TimeSpan) => new() { ["type"] = "string", ["pattern"] = DurationPattern },
        _ when property.Name == nameof(ClusterOptions.Policy) => new() { ["type"] = "string", ["enum"] = new JsonArray([.. PickingPolicies.Names.Select(name => (JsonNode)name)]) },
        _ => Text(property),
    };

    private static JsonObject Ranged(string type, PropertyInfo property)
    {
        var schema = new JsonObject { ["type"] = type };
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
            schema["maximum"] = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        }

        return schema;
    }

    private static JsonObject Text(PropertyInfo property)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } expression)
            schema["pattern"] = $"^({expression.Pattern})$";
        return schema;
    }

    private string? Summary(PropertyInfo property)
    {
        var member = _summaries[$"P:{property.DeclaringType!.FullName}.{property.Name}"].FirstOrDefault();
        return member?.Element("summary") is { } summary ? string.Join(' ', PlainText(summary).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : null;
    }

    // <see cref="P:…MaxEjectionTime"/> reads as MaxEjectionTime.
    private static string PlainText(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => ((string?)see.Attribute("cref") ?? "").Split('.').Last(),
        XElement inner => PlainText(inner),
        _ => "",
    }));
}
