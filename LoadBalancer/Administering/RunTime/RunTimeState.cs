using System.Collections.Immutable;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>What people have decided about one backend at run time.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Address of a backend that was added at run time; null for one that is configured.</param>
/// <param name="IsRemoved">Whether the configured backend of this name was taken out; one that was added may stand in for it.</param>
/// <param name="State">Active, draining or disabled.</param>
/// <param name="Weight">Weight instead of the configured one.</param>
internal sealed record BackendEdit(string Cluster, string Name, string? Address = null, bool IsRemoved = false, AdministrativeState State = AdministrativeState.Active, int? Weight = null)
{
    public bool IsEmpty => Address is null && !IsRemoved && State == AdministrativeState.Active && Weight is null;

    public bool IsGone => IsRemoved && Address is null;

    public bool IsOf(string cluster, string name) => cluster.Equals(Cluster, StringComparison.OrdinalIgnoreCase) && name.Equals(Name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Everything that was changed at run time; immutable.</summary>
/// <param name="Backends">What was decided about single backends.</param>
/// <param name="Configuration">A document that stands in for what the sources say of backends, clusters and routes; null: the sources hold.</param>
/// <param name="Confirmed">The document that stays: equal to <paramref name="Configuration"/> unless that still waits for its confirmation.</param>
internal sealed record RunTimeState(ImmutableArray<BackendEdit> Backends, string? Configuration, string? Confirmed)
{
    public static RunTimeState Empty { get; } = new([], null, null);

    public bool IsUnconfirmed => Configuration != Confirmed;

    /// <summary>What was decided about this backend, or that nothing was.</summary>
    public BackendEdit For(string cluster, string name) => Backends.FirstOrDefault(edit => edit.IsOf(cluster, name)) ?? new(cluster, name);

    public RunTimeState With(BackendEdit edit)
    {
        var others = Backends.RemoveAll(other => other.IsOf(edit.Cluster, edit.Name));
        return this with { Backends = edit.IsEmpty ? others : others.Add(edit) };
    }

    /// <summary>A configuration with backends added and taken out; edits of clusters that it does not have wait until it has them.</summary>
    public EffectiveConfiguration ApplyTo(EffectiveConfiguration configuration) =>
        Backends.All(edit => edit.Address is null && !edit.IsRemoved) ? configuration : configuration with { Clusters = [.. configuration.Clusters.Select(ApplyTo)] };

    private ClusterConfig ApplyTo(ClusterConfig cluster)
    {
        var destinations = (cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
            .Where(destination => !For(cluster.ClusterId, destination.Key).IsRemoved)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var edit in Backends.Where(edit => edit.Address is not null && edit.Cluster.Equals(cluster.ClusterId, StringComparison.OrdinalIgnoreCase)))
            destinations[edit.Name] = new() { Address = edit.Address! };
        return cluster with { Destinations = destinations };
    }
}
