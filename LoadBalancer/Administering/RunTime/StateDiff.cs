using System.Globalization;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>Lists differences in states and weights; added and removed backends are part of the configuration's difference.</summary>
internal static class StateDiff
{
    public static IEnumerable<string> Between(RunTimeState before, RunTimeState after) =>
        before.Backends.Concat(after.Backends).DistinctBy(edit => (edit.Cluster.ToUpperInvariant(), edit.Name.ToUpperInvariant()))
            .Where(edit => !after.For(edit.Cluster, edit.Name).IsGone)
            .SelectMany(edit => Lines(before.For(edit.Cluster, edit.Name), after.For(edit.Cluster, edit.Name)));

    private static IEnumerable<string> Lines(BackendEdit before, BackendEdit after)
    {
        if (before.State != after.State)
            yield return $"~ {after.Cluster}/{after.Name}: {before.State} -> {after.State}";
        if (before.Weight != after.Weight)
            yield return $"~ {after.Cluster}/{after.Name}: weight {Shown(before.Weight)} -> {Shown(after.Weight)}";
    }

    private static string Shown(int? weight) => weight?.ToString(CultureInfo.InvariantCulture) ?? "as configured";
}
