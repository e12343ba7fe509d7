using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>FinishedRequest is a finished request as the console shows it. The query is left out because it may hold secrets.</summary>
/// <param name="Id">A number that ascends from 1.</param>
/// <param name="Time">When the request ended, in milliseconds since 1970.</param>
/// <param name="Method">The method, cut at <see cref="LongestMethod"/>.</param>
/// <param name="Path">The path, cut at <see cref="LongestPath"/>.</param>
/// <param name="Status">The status that the client got.</param>
/// <param name="Ms">Milliseconds from the arrival at the retry loop to the end of the response.</param>
/// <param name="Cluster">The request's cluster.</param>
/// <param name="Attempts">The attempts in the order they were made; none if no backend was available.</param>
internal sealed record FinishedRequest(
    long Id, long Time, string Method, string Path, int Status, double Ms, string Cluster, IReadOnlyList<FinishedAttempt> Attempts)
{
    public const int LongestMethod = 20;
    public const int LongestPath = 200;

    public static string Cut(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");
}

/// <summary>FinishedAttempt is an attempt of a finished request.</summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Outcome">The result as one word, see <see cref="OutcomeName"/>.</param>
/// <param name="Status">The backend's status; 0 without a response head.</param>
/// <param name="At">When the attempt began, in milliseconds after the request arrived.</param>
/// <param name="Ms">How long the attempt took, in milliseconds.</param>
/// <param name="Hedge">Whether the attempt was made beside another that took long.</param>
internal sealed record FinishedAttempt(string Backend, string Outcome, int Status, double At, double Ms, bool Hedge = false);
