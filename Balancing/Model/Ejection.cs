namespace AspireLB.Balancing.Model;

/// <summary>
/// Ejection is a backend's latest ejection; immutable. <paramref name="Count"/> is the number of ejections that count towards the length of the next.
/// </summary>
internal sealed record Ejection(int Count, DateTimeOffset Until, TimeSpan Duration)
{
    public static Ejection None { get; } = new(0, DateTimeOffset.MinValue, TimeSpan.Zero);

    public bool Holds(DateTimeOffset now) => now < Until;

    /// <summary>
    /// Number of ejections that count towards the length of one that begins now. It returns to 0 once the backend has been available for twice as
    /// long as its last ejection lasted.
    /// </summary>
    public int CountAt(DateTimeOffset now) => now - Until > Duration * 2 ? 0 : Count;

    /// <summary>The ejection, ended now if it is still in effect.</summary>
    public Ejection EndedAt(DateTimeOffset now) => Holds(now) ? this with { Until = now } : this;
}
