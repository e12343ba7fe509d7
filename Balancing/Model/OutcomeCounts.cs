namespace AspireLB.Balancing.Model;

/// <summary>OutcomeCounts counts a backend's attempts by outcome. Counting is one increment; metrics read the sums.</summary>
internal sealed class OutcomeCounts
{
    private readonly long[] _counts = new long[OutcomeName.All.Length];

    /// <summary>The outcomes that have occurred, with their counts.</summary>
    public IEnumerable<(string Outcome, long Count)> Snapshot =>
        OutcomeName.All.Select((outcome, i) => (outcome, Interlocked.Read(ref _counts[i]))).Where(seen => seen.Item2 > 0);

    public void Add(AttemptResult result) => Interlocked.Increment(ref _counts[OutcomeName.IndexOf(result)]);
}
