using System.Collections.Frozen;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Finds picking policies by name.</summary>
internal sealed class PickingPolicies(IReadOnlyList<IPickingPolicy> policies)
{
    private readonly FrozenDictionary<string, IPickingPolicy> _byName = ByName(policies);

    private IPickingPolicy? _last;

    /// <summary>The names of the built-in policies.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All(new SharedRandomSource()).Select(policy => policy.Name)];

    /// <summary>The names of all policies, including the application's own.</summary>
    public IReadOnlyList<string> Registered { get; } = [.. policies.Select(policy => policy.Name)];

    /// <summary>The built-in policies. To make a new one available in configuration, add it here.</summary>
    public static IReadOnlyList<IPickingPolicy> All(IRandomSource random) =>
        [new RoundRobin(), new LeastRequests(), new PowerOfTwoChoices(random), new RandomChoice(random), new FirstAlphabetical()];

    public Backend Pick(HttpContext context, Cluster cluster, AvailableBackends candidates, long turn)
    {
        if (candidates.KnownCluster is null)
            candidates.SetCluster(cluster);

        // Usually the policy is the same as for the previous request.
        var name = cluster.Options.Policy;
        var policy = _last;
        if (policy?.Name != name)
            _last = policy = _byName[name];
        return policy.Pick(context, candidates, turn);
    }

    private static FrozenDictionary<string, IPickingPolicy> ByName(IReadOnlyList<IPickingPolicy> policies)
    {
        // Check for duplicates: ToFrozenDictionary would silently keep the last of two policies with the same name.
        foreach (var same in policies.GroupBy(policy => policy.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            throw new ArgumentException($"Two picking policies have the name {same.Key}; built-in policies keep theirs.", nameof(policies));
        return policies.ToFrozenDictionary(policy => policy.Name, StringComparer.OrdinalIgnoreCase);
    }
}
