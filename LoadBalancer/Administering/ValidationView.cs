namespace AspireLB.LoadBalancer.Administering;

/// <summary>What a configuration that was checked would change, a line each: + new, - gone, ~ changed.</summary>
internal sealed record ValidationView(IReadOnlyList<string> Changes);
