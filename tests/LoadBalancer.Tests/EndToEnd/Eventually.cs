using System.Runtime.CompilerServices;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Waits for conditions that can only be polled.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again until the answer is yes; fails after a generous limit and says what it waited for.</summary>
    /// <param name="condition">Asked over and over.</param>
    /// <param name="cancellationToken">The test's own.</param>
    /// <param name="what">What the failure names: the condition as it stands in the source, unless the caller has better words.</param>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, CancellationToken cancellationToken, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            while (!await condition().WaitAsync(limit.Token))
                await Task.Delay(Pause, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Not true within {Limit.TotalSeconds} s: {what}");
        }
    }

    public static Task TrueAsync(
        Func<bool> condition, CancellationToken cancellationToken, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(() => Task.FromResult(condition()), cancellationToken, what);
}
