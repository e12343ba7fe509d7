namespace AspireLB.Balancing.Configuring;

/// <summary>Finds the known name that is most similar to a misspelled one, for "did you mean".</summary>
internal static class NearestName
{
    /// <summary>The name with the smallest edit distance, or null if that exceeds a third of its length (two edits are always allowed).</summary>
    public static string? Find(string written, IEnumerable<string> names) =>
        names.Select(name => (name, distance: Distance(written.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.distance <= Math.Max(2, candidate.name.Length / 3))
            .OrderBy(candidate => candidate.distance)
            .Select(candidate => candidate.name)
            .FirstOrDefault();

    /// <summary>Levenshtein distance: the number of insertions, deletions and substitutions that turn one text into the other.</summary>
    internal static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var substitution = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
