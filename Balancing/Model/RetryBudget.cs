using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>
/// RetryBudget limits a cluster's retries to a share of its requests, so that retries can never multiply an outage (Google, "Site Reliability
/// Engineering", ch. 22: a retry budget). A minimum per second lets a quiet cluster retry too.
/// </summary>
internal sealed class RetryBudget(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _withdrawing = new();
    private readonly SlidingCount _requests = new(time, Window);
    private readonly SlidingCount _retries = new(time, Window);

    public void CountRequest() => _requests.Add();

    /// <summary>The number of retries that may still be made now.</summary>
    public double Remaining(RetryOptions options) => Allowance(options, _requests.Sum()) - _retries.Sum();

    /// <summary>Takes one retry from the budget.</summary>
    /// <returns>False if the budget is spent.</returns>
    public bool TryWithdraw(RetryOptions options)
    {
        lock (_withdrawing)
        {
            if (Remaining(options) < 1)
                return false;
            _retries.Add();
            return true;
        }
    }

    /// <summary>The number of retries allowed within the window: the share of requests or the minimum, whichever is more.</summary>
    /// <param name="options">The share in percent and the minimum per second.</param>
    /// <param name="requests">Number of requests within the window.</param>
    internal static double Allowance(RetryOptions options, long requests) =>
        Math.Max(requests * options.BudgetPercent / 100, options.BudgetMinPerSecond * Window.TotalSeconds);
}
