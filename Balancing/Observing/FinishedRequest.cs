using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>A request that is over, as the console shows it. The query is left out: it may hold what is nobody's business.</summary>
/// <param name="Id">Ascending from 1.</param>
/// <param name="Time">When it ended, in milliseconds since 1970.</param>
/// <param name="Method">Its method, cut at <see cref="LongestMethod"/>.</param>
/// <param name="Path">Its path, cut at <see cref="LongestPath"/>.</param>
/// <param name="Status">The status that the client got.</param>
/// <param name="Ms">From its arrival at the retry loop to the end of the response.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Attempts">In the order they were made; none where no backend was available.</param>
internal sealed record FinishedRequest(
    long Id, long Time, string Method, string Path, int Status, double Ms, string Cluster, IReadOnlyList<FinishedAttempt> Attempts)
{
    public const int LongestMethod = 20;
    public const int LongestPath = 200;

    public static string Cut(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");
}

/// <summary>An attempt of a finished request.</summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Outcome">In one word, see <see cref="OutcomeName"/>.</param>
/// <param name="Status">The backend's status; 0 without a response head.</param>
/// <param name="At">When it began, in milliseconds after the request.</param>
/// <param name="Ms">How long it took.</param>
/// <param name="Hedge">Whether it was made beside another one that took long.</param>
internal sealed record FinishedAttempt(string Backend, string Outcome, int Status, double At, double Ms, bool Hedge = false);
