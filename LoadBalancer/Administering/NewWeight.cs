using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>What a change says of a weight: nothing, where the member is left out; a number; or null, which brings the configured one back.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct NewWeight(bool IsGiven, int? Value)
{
    /// <summary>The weight set by hand after the change.</summary>
    public int? ApplyTo(int? before) => IsGiven ? Value : before;

    /// <summary>For the OpenAPI document, which cannot look into a converter.</summary>
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(NewWeight))
            schema.Type = JsonSchemaType.Integer | JsonSchemaType.Null;
        return Task.CompletedTask;
    }

    internal sealed class Converter : JsonConverter<NewWeight>
    {
        public override bool HandleNull => true;

        public override NewWeight Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(IsGiven: true, reader.TokenType == JsonTokenType.Null ? null : reader.GetInt32());

        public override void Write(Utf8JsonWriter writer, NewWeight value, JsonSerializerOptions options)
        {
            if (value.Value is { } weight)
                writer.WriteNumberValue(weight);
            else
                writer.WriteNullValue();
        }
    }
}
