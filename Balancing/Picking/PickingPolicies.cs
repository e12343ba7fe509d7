using System.Collections.Frozen;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>The picking policies by name.</summary>
internal sealed class PickingPolicies(IEnumerable<IPickingPolicy> policies)
{
    // ToFrozenDictionary would let the last of two policies with one name win; ToDictionary throws.
    private readonly FrozenDictionary<string, IPickingPolicy> _byName =
        policies.ToDictionary(policy => policy.Name, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private IPickingPolicy? _last;

    /// <summary>The names that configuration may use.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All(new SharedRandomSource()).Select(policy => policy.Name)];

    /// <summary>Every policy there is. A new one is added here and can then be named in configuration.</summary>
    public static IEnumerable<IPickingPolicy> All(IRandomSource random) =>
        [new RoundRobin(), new LeastRequests(), new PowerOfTwoChoices(random), new RandomChoice(random), new FirstAlphabetical()];

    public Backend Pick(HttpContext context, Cluster cluster, AvailableBackends candidates, long turn)
    {
        // Mostly it is the one that the request before had.
        var name = cluster.Options.Policy;
        var policy = _last;
        if (policy?.Name != name)
            _last = policy = _byName[name];
        return policy.Pick(context, candidates, turn);
    }
}
