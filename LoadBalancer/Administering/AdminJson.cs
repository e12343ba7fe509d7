using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Administering.Explaining;
using AspireLB.LoadBalancer.Administering.Live;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Observing;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// How the admin API writes JSON: camelCase names, enumerations as lower-case words, unknown members refused. The types are listed here, since a
/// native program has no reflection to find their members with.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters =
    [
        typeof(Word<BackendState>), typeof(Word<AdministrativeState>), typeof(Word<HeaderMatchMode>), typeof(Word<QueryParameterMatchMode>),
    ])]
[JsonSerializable(typeof(BackendView[]))]
[JsonSerializable(typeof(BackendChange))]
[JsonSerializable(typeof(BackendsChange))]
[JsonSerializable(typeof(BackendAddition))]
[JsonSerializable(typeof(ClusterView[]))]
[JsonSerializable(typeof(RouteView[]))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(ValidationView))]
[JsonSerializable(typeof(PendingCommit))]
[JsonSerializable(typeof(Change))]
[JsonSerializable(typeof(Change[]))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(RunTimeState))]
[JsonSerializable(typeof(Live.ClusterView), TypeInfoPropertyName = "LiveClusterView")]
[JsonSerializable(typeof(SnapshotView))]
[JsonSerializable(typeof(TickView))]
[JsonSerializable(typeof(BalancerEvent))]
[JsonSerializable(typeof(FinishedRequest[]))]
[JsonSerializable(typeof(TimeSpan?))]
[JsonSerializable(typeof(double?))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>Makes an application's endpoints read and write JSON this way.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, Default);
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        foreach (var converter in Default.Options.Converters)
            options.Converters.Add(converter);
    }

    private sealed class Word<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where T : struct, Enum;
}
