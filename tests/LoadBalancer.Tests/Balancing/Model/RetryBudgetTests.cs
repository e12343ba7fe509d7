using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class RetryBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1_000, 20, 0, 200)]
    [InlineData(1_000, 20, 10, 200)] // the share is more than the minimum of 10 per second over 10 s
    [InlineData(100, 20, 10, 100)] // the minimum is more
    [InlineData(0, 20, 0, 0)]
    public void Allowance_Requests_IsTheShareOrTheMinimum(long requests, double percent, double minimum, double expected) =>
        Assert.Equal(expected, RetryBudget.Allowance(new RetryOptions { BudgetPercent = percent, BudgetMinPerSecond = minimum }, requests));

    [Fact]
    public void TryWithdraw_EveryRequestFails_NeverExceedsTheShare()
    {
        var options = new RetryOptions { BudgetPercent = 20, BudgetMinPerSecond = 0 };
        var budget = new RetryBudget(_time);
        var retries = 0;
        for (var request = 1; request <= 10_000; request++)
        {
            budget.CountRequest();
            while (budget.TryWithdraw(options))
                retries++;
            Assert.True(retries <= request * 0.2);
        }

        Assert.Equal(2_000, retries);
    }

    [Fact]
    public void TryWithdraw_AfterTheWindow_HasTheMinimumAgain()
    {
        var options = new RetryOptions { BudgetPercent = 0, BudgetMinPerSecond = 1 };
        var budget = new RetryBudget(_time);
        for (var i = 0; i < 10; i++)
            Assert.True(budget.TryWithdraw(options));
        Assert.False(budget.TryWithdraw(options));

        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.True(budget.TryWithdraw(options));
    }

    [Fact]
    public void TryWithdraw_FromManyThreads_NeverExceedsTheBudget()
    {
        var options = new RetryOptions { BudgetPercent = 10, BudgetMinPerSecond = 0 };
        var budget = new RetryBudget(_time);
        for (var i = 0; i < 1_000; i++)
            budget.CountRequest();

        var withdrawn = 0;
        Parallel.For(0, 10_000, _ =>
        {
            if (budget.TryWithdraw(options))
                Interlocked.Increment(ref withdrawn);
        });

        Assert.Equal(100, withdrawn);
    }
}
