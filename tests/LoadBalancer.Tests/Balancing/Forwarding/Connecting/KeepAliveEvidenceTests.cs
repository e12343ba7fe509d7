using AspireLB.Balancing.Forwarding.Connecting;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;

public class KeepAliveEvidenceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly KeepAliveEvidence _evidence;

    public KeepAliveEvidenceTests() => _evidence = new(_time);

    [Fact]
    public void Trusts_NothingObserved_IsFalse() => Assert.False(_evidence.Trusts(TimeSpan.Zero));

    [Fact]
    public void Trusts_OthersWereKept_UpToAFractionOfTheLongest()
    {
        _evidence.CountKept(TimeSpan.FromSeconds(8));
        _evidence.CountKept(TimeSpan.FromSeconds(3));

        Assert.True(_evidence.Trusts(TimeSpan.FromSeconds(1.9)));
        Assert.False(_evidence.Trusts(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Trusts_AnotherWasKeptForLessThanLeastKept_IsFalse()
    {
        _evidence.CountKept(KeepAliveEvidence.LeastKept - TimeSpan.FromMilliseconds(1));
        Assert.False(_evidence.Trusts(TimeSpan.FromMilliseconds(1)));

        _evidence.CountKept(KeepAliveEvidence.LeastKept);
        Assert.True(_evidence.Trusts(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void Trusts_OthersWereClosed_UpToAFractionOfTheShortest()
    {
        _evidence.CountKept(TimeSpan.FromMinutes(1));
        _evidence.CountClosed(TimeSpan.FromSeconds(9));
        _evidence.CountClosed(TimeSpan.FromSeconds(4));
        _evidence.CountClosed(TimeSpan.FromSeconds(7));

        Assert.True(_evidence.Trusts(TimeSpan.FromSeconds(1)));
        Assert.False(_evidence.Trusts(TimeSpan.FromSeconds(1.1)));
    }

    [Fact]
    public void Trusts_TimePasses_BothAreForgottenAfterTwiceTheMemoryAtMost()
    {
        _evidence.CountKept(TimeSpan.FromSeconds(80));
        _evidence.CountClosed(TimeSpan.FromSeconds(4));
        _time.Advance(KeepAliveEvidence.Memory);
        Assert.True(_evidence.Trusts(TimeSpan.FromSeconds(1)));
        Assert.False(_evidence.Trusts(TimeSpan.FromSeconds(2)));

        _evidence.CountKept(TimeSpan.FromSeconds(40));
        Assert.False(_evidence.Trusts(TimeSpan.FromSeconds(2)));

        _time.Advance(KeepAliveEvidence.Memory);
        Assert.True(_evidence.Trusts(TimeSpan.FromSeconds(9)));
        Assert.False(_evidence.Trusts(TimeSpan.FromSeconds(10)));

        _time.Advance(2 * KeepAliveEvidence.Memory);
        Assert.False(_evidence.Trusts(TimeSpan.Zero));
    }
}
