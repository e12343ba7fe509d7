using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>The weight in a change: absent (unchanged), a number, or null, which restores the configured weight.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct NewWeight(bool IsGiven, int? Value)
{
    /// <summary>The weight override after the change.</summary>
    public int? ApplyTo(int? before) => IsGiven ? Value : before;

    /// <summary>Describes the type in the OpenAPI document, which can't infer it from a converter.</summary>
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
