using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Configures the admin API's JSON: camelCase names, enumerations as words in camelCase, unknown members rejected.</summary>
internal static class AdminJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    }
}
