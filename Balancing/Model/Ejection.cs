namespace AspireLB.Balancing.Model;

/// <summary>A backend's ejections: immutable. <paramref name="Count"/> ejections still count for the length of the next.</summary>
internal sealed record Ejection(int Count, DateTimeOffset Until, TimeSpan Duration)
{
    public static Ejection None { get; } = new(0, DateTimeOffset.MinValue, TimeSpan.Zero);

    public bool Holds(DateTimeOffset now) => now < Until;

    /// <summary>Ejections that count at a later one: none once the backend has stayed in for twice as long as it was last out.</summary>
    public int CountAt(DateTimeOffset now) => now - Until > Duration * 2 ? 0 : Count;

    /// <summary>The ejection ended early, on newer evidence.</summary>
    public Ejection EndedAt(DateTimeOffset now) => Holds(now) ? this with { Until = now } : this;
}
