using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>How the admin API writes JSON: camelCase names, enumerations as lower-case words, unknown members refused.</summary>
internal static class AdminJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    }
}
