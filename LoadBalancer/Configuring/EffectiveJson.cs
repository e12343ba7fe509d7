using System.Text.Json.Serialization;
using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The sections of an effective configuration as JSON, under the names that configuration gives them.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AdminOptions))]
[JsonSerializable(typeof(ForwardedHeadersOptions))]
[JsonSerializable(typeof(AccessLogOptions))]
[JsonSerializable(typeof(ShutdownOptions))]
[JsonSerializable(typeof(ClusterOptions))]
[JsonSerializable(typeof(RouteConfig))]
[JsonSerializable(typeof(ClusterConfig))]
internal sealed partial class EffectiveJson : JsonSerializerContext;
