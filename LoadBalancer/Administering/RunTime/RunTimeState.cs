using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>The run-time changes of one backend.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Address of a backend added at run time; null for a configured one.</param>
/// <param name="IsRemoved">Whether the configured backend of this name was removed; an added one may replace it.</param>
/// <param name="State">Active, draining or disabled.</param>
/// <param name="Weight">Weight that overrides the configured one.</param>
internal sealed record BackendEdit(
    string Cluster,
    string Name,
    string? Address = null,
    bool IsRemoved = false,
    AdministrativeState State = AdministrativeState.Active,
    int? Weight = null)
{
    // State files have this name; a name that a reader does not know makes it refuse the file.
    [JsonPropertyName("saysNothing")]
    public bool IsEmpty => Address is null && !IsRemoved && State == AdministrativeState.Active && Weight is null;

    public bool IsGone => IsRemoved && Address is null;

    public bool IsOf(string cluster, string name) =>
        cluster.Equals(Cluster, StringComparison.OrdinalIgnoreCase) && name.Equals(Name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>All run-time changes; immutable.</summary>
/// <param name="Backends">The changes of single backends.</param>
/// <param name="Configuration">A document that replaces the sources' backends, clusters and routes; null: the sources apply.</param>
/// <param name="Confirmed">The confirmed document: equal to <paramref name="Configuration"/> unless that waits for confirmation.</param>
internal sealed record RunTimeState(ImmutableArray<BackendEdit> Backends, string? Configuration, string? Confirmed)
{
    public static RunTimeState Empty { get; } = new([], null, null);

    public bool IsUnconfirmed => Configuration != Confirmed;

    /// <summary>The changes of this backend; an empty edit if there are none.</summary>
    public BackendEdit For(string cluster, string name) => Backends.FirstOrDefault(edit => edit.IsOf(cluster, name)) ?? new(cluster, name);

    public RunTimeState With(BackendEdit edit)
    {
        var others = Backends.RemoveAll(other => other.IsOf(edit.Cluster, edit.Name));
        return this with { Backends = edit.IsEmpty ? others : others.Add(edit) };
    }

    /// <summary>Adds and removes backends in a configuration. Edits of clusters it does not contain are kept until it does.</summary>
    public EffectiveConfiguration ApplyTo(EffectiveConfiguration configuration) =>
        Backends.All(edit => edit.Address is null && !edit.IsRemoved)
            ? configuration
            : configuration with { Clusters = [.. configuration.Clusters.Select(ApplyTo)] };

    private ClusterConfig ApplyTo(ClusterConfig cluster)
    {
        var destinations = (cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
            .Where(destination => !For(cluster.ClusterId, destination.Key).IsRemoved)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        var added = Backends.Where(edit => edit.Address is not null && edit.Cluster.Equals(cluster.ClusterId, StringComparison.OrdinalIgnoreCase));
        foreach (var edit in added)
            destinations[edit.Name] = new() { Address = edit.Address! };
        return cluster with { Destinations = destinations };
    }
}
