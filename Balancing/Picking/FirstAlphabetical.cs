using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Picks the available backend whose name sorts first; the others stand by.</summary>
internal sealed class FirstAlphabetical : IPickingPolicy
{
    public string Name => nameof(FirstAlphabetical);

    public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
    {
        var first = candidates.Backends[0];
        foreach (var backend in candidates.Backends[1..])
        {
            if (string.Compare(backend.Name, first.Name, StringComparison.OrdinalIgnoreCase) < 0)
                first = backend;
        }

        return first;
    }
}
