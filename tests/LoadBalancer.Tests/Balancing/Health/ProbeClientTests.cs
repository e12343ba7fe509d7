using System.Net;
using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

public class ProbeClientTests
{
    private readonly WatchedTime _time = new();
    private readonly ScriptedProbes _probes = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(302, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public async Task Probe_Status_DecidesAndIsTheReason(int status, bool succeeded)
    {
        _probes.Respond("b", (HttpStatusCode)status);

        Assert.Equal(new(succeeded, $"status {status}"), await ProbeAsync(TestModel.Backend("b"), new()));
    }

    [Fact]
    public async Task Probe_NoResponse_FailsAfterItsTimeout()
    {
        _probes.NeverRespond("b");
        var probe = ProbeAsync(TestModel.Backend("b"), new() { Timeout = TimeSpan.FromSeconds(1.5) });
        await _probes.NextAsync(Cancelled);

        _time.Advance(1.4);
        Assert.False(probe.IsCompleted);

        _time.Advance(0.1);
        Assert.Equal(new(false, "no response within 1.5 s"), await probe);
    }

    [Fact]
    public async Task Probe_Exception_IsAFailureWithItsReason()
    {
        _probes.Throw("a", new HttpRequestException("outer", new IOException("Connection refused")));
        _probes.Throw("b", new HttpRequestException("no inner"));
        _probes.Throw("c", new InvalidOperationException("odd"));

        Assert.Equal(new(false, "Connection refused"), await ProbeAsync(TestModel.Backend("a"), new()));
        Assert.Equal(new(false, "no inner"), await ProbeAsync(TestModel.Backend("b"), new()));
        Assert.Equal(new(false, "InvalidOperationException: odd"), await ProbeAsync(TestModel.Backend("c"), new()));
    }

    [Fact]
    public async Task Probe_Stopped_Throws()
    {
        _probes.NeverRespond("b");
        using var stop = new CancellationTokenSource();
        var probe = new ProbeClient(() => _probes, _time).ProbeAsync(TestModel.Backend("b"), new(), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
    }

    [Fact]
    public async Task Probe_Options_ShapeTheRequest()
    {
        await ProbeAsync(
            Backend(new() { Address = "http://b:5001/base/", Host = "shop.example" }), new() { Method = "HEAD", Path = "/ready?full=1" });
        await ProbeAsync(Backend(new() { Address = "http://b:5001", Health = "http://b:9000/" }), new());

        var requests = _probes.Requests.ToArray();
        Assert.Equal(
            (HttpMethod.Head, "http://b:5001/base/ready?full=1", "shop.example"),
            (requests[0].Method, requests[0].RequestUri!.ToString(), requests[0].Headers.Host));
        Assert.Equal("AspireLB-probe", requests[0].Headers.UserAgent.ToString());
        Assert.Equal((HttpMethod.Get, "http://b:9000/", null), (requests[1].Method, requests[1].RequestUri!.ToString(), requests[1].Headers.Host));
    }

    private static Backend Backend(DestinationConfig config) =>
        new("c", new DestinationState("b", new DestinationModel(config)), TimeProvider.System);

    private Task<ProbeResult> ProbeAsync(Backend backend, ActiveHealthOptions options) =>
        new ProbeClient(() => _probes, _time).ProbeAsync(backend, options, Cancelled);
}
