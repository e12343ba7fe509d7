using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>An entry of the access log as one line of JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccessEntry))]
internal sealed partial class AccessEntryJson : JsonSerializerContext;
