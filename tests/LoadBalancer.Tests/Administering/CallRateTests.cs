using System.Net;
using AspireLB.LoadBalancer.Administering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Administering;

public class CallRateTests
{
    private const int PerSecond = 10;

    private static readonly IPAddress Here = IPAddress.Loopback;

    private readonly FakeTimeProvider _time = new();
    private readonly CallRate _rate;
    private int _passed;

    public CallRateTests() => _rate = new(_ =>
    {
        _passed++;
        return Task.CompletedTask;
    }, PerSecond, _time);

    [Fact]
    public void TryTake_AllAtOnce_IsTwiceTheRateAndThenTheRate()
    {
        Assert.Equal(2 * PerSecond, Taken(100, Here));

        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(PerSecond / 2, Taken(100, Here));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2 * PerSecond, Taken(100, Here));
    }

    [Fact]
    public void TryTake_AnotherAddress_HasItsOwn()
    {
        Taken(100, Here);

        Assert.True(_rate.TryTake(IPAddress.IPv6Loopback));
        Assert.False(_rate.TryTake(Here));
    }

    [Fact]
    public void TryTake_ManyAddresses_QuietOnesAreForgottenAndBusyOnesAreNot()
    {
        for (var i = 0; i < CallRate.Many - 1; i++)
            _rate.TryTake(new IPAddress(i));
        _time.Advance(TimeSpan.FromSeconds(2));
        Taken(100, Here);

        Assert.True(_rate.TryTake(IPAddress.IPv6Loopback));

        Assert.Equal(2, _rate.Remembered);
        Assert.False(_rate.TryTake(Here));
    }

    [Theory]
    [InlineData("/health", true)]
    [InlineData("/metrics", true)]
    [InlineData("/alive", true)]
    [InlineData("/api/backends", false)]
    public async Task Invoke_TooManyCalls_OnlyProbesAndScrapesPass(string path, bool passes)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = Here;
        context.Request.Path = path;
        Taken(100, Here);

        await _rate.InvokeAsync(context);

        Assert.Equal(passes ? 1 : 0, _passed);
        Assert.Equal(passes ? StatusCodes.Status200OK : StatusCodes.Status429TooManyRequests, context.Response.StatusCode);
    }

    private int Taken(int calls, IPAddress address) => Enumerable.Range(0, calls).Count(_ => _rate.TryTake(address));
}
