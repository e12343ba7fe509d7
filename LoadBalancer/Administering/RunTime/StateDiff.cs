namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>What is different about states and weights; backends that come and go are part of the configuration's difference.</summary>
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
            yield return FormattableString.Invariant($"~ {after.Cluster}/{after.Name}: weight {(object?)before.Weight ?? "as configured"} -> {(object?)after.Weight ?? "as configured"}");
    }
}
