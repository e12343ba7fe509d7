using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Retrying;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

public class RetryDecisionTests
{
    private static readonly AttemptResult Refused = new(AttemptProgress.NeverConnected, AttemptFailure.Connection);
    private static readonly AttemptResult NothingSent = new(AttemptProgress.NothingSent, AttemptFailure.Connection);
    private static readonly AttemptResult NoResponse = new(AttemptProgress.NoResponse, AttemptFailure.Connection);
    private static readonly AttemptResult Unavailable = new(AttemptProgress.HeadReceived, AttemptFailure.None, 503);

    private readonly RetryOptions _options = new();
    private readonly RetrySituation _harmless = new(Attempts: 1, Candidates: 4, IsRepeatable: true, BodyIsWhole: true);

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(500)]
    public void ShouldRetry_StatusThatIsNoFailure_No(int status) =>
        Assert.False(Decide(new(AttemptProgress.HeadReceived, AttemptFailure.None, status), _harmless));

    [Fact]
    public void ShouldRetry_ClientClosed_No() => Assert.False(Decide(new(AttemptProgress.NeverConnected, AttemptFailure.Client), _harmless));

    [Theory]
    [InlineData("BrokenOff")]
    [InlineData("Completed")]
    public void ShouldRetry_ResponseStarted_No(string progress) =>
        Assert.False(Decide(new(Enum.Parse<AttemptProgress>(progress), AttemptFailure.Connection, 503), _harmless));

    [Fact]
    public void ShouldRetry_AttemptsSpent_No()
    {
        Assert.True(Decide(Refused, _harmless with { Attempts = 2 }));
        Assert.False(Decide(Refused, _harmless with { Attempts = 3 }));
    }

    [Fact]
    public void ShouldRetry_NoOtherBackend_No() => Assert.False(Decide(Refused, _harmless with { Candidates = 0 }));

    [Fact]
    public void ShouldRetry_BackendCannotHaveSeenIt_YesForEveryRequest()
    {
        var harmful = _harmless with { IsRepeatable = false, BodyIsWhole = false };

        Assert.True(Decide(Refused, harmful));
        Assert.True(Decide(Refused with { Failure = AttemptFailure.Timeout }, harmful));
        Assert.True(Decide(NothingSent, harmful with { BodyIsWhole = true }));
    }

    [Fact]
    public void ShouldRetry_NothingSentButTheBodyHasBegunToStream_No() =>
        Assert.False(Decide(NothingSent, _harmless with { BodyIsWhole = false }));

    [Fact]
    public void IsExemptFromBudget_OnlyARefusedConnection_Yes()
    {
        Assert.True(RetryDecision.IsExemptFromBudget(Refused));
        Assert.False(RetryDecision.IsExemptFromBudget(Refused with { Failure = AttemptFailure.Timeout }));
        Assert.False(RetryDecision.IsExemptFromBudget(NothingSent));
        Assert.False(RetryDecision.IsExemptFromBudget(Unavailable));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void ShouldRetry_BackendMayHaveActed_OnlyIdempotentRequests(bool repeatable, bool whole, bool expected)
    {
        var situation = _harmless with { IsRepeatable = repeatable, BodyIsWhole = whole };

        Assert.Equal(expected, Decide(NoResponse, situation));
        Assert.Equal(expected, Decide(Unavailable, situation));
        Assert.Equal(expected, Decide(NoResponse with { Failure = AttemptFailure.Timeout }, situation));
    }

    [Fact]
    public void ShouldRetry_Status_FollowsTheOptions()
    {
        _options.StatusCodes = [500];

        Assert.True(Decide(Unavailable with { StatusCode = 500 }, _harmless));
        Assert.False(Decide(Unavailable, _harmless));
    }

    [Theory]
    [InlineData("Completed", "None", 200, false)]
    [InlineData("Completed", "None", 500, false)]
    [InlineData("Completed", "None", 503, true)]
    [InlineData("NoResponse", "Client", 0, false)]
    [InlineData("NoResponse", "Timeout", 0, true)]
    [InlineData("BrokenOff", "Connection", 200, true)]
    [InlineData("BrokenOff", "InvalidResponse", 0, true)]
    public void IsFailure_Result_CountsOnlyTheBackendsFaults(string progress, string failure, int status, bool expected) =>
        Assert.Equal(
            expected,
            RetryDecision.IsFailure(new(Enum.Parse<AttemptProgress>(progress), Enum.Parse<AttemptFailure>(failure), status), _options));

    [Fact]
    public void DrawsOnBudget_Result_OnlyIfTheBackendHadWork()
    {
        Assert.False(RetryDecision.DrawsOnBudget(Refused));
        Assert.False(RetryDecision.DrawsOnBudget(NothingSent));
        Assert.True(RetryDecision.DrawsOnBudget(NoResponse));
        Assert.True(RetryDecision.DrawsOnBudget(Unavailable));
    }

    private bool Decide(AttemptResult result, RetrySituation situation) => RetryDecision.ShouldRetry(result, situation, _options);
}
