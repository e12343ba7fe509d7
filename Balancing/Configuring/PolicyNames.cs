namespace AspireLB.Balancing.Configuring;

/// <summary>The names of the picking policies that configuration may use.</summary>
internal sealed class PolicyNames(IEnumerable<string> names)
{
    private readonly SortedSet<string> _names = new(names, StringComparer.OrdinalIgnoreCase);

    public bool Contains(string name) => _names.Contains(name);

    public override string ToString() => string.Join(", ", _names);
}
