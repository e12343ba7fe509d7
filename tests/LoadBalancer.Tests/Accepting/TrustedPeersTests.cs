using System.Net;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Accepting;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Tests.Configuring;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Accepting;

public class TrustedPeersTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:11.1.2.3", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("192.0.2.7, 10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", null, false)]
    [InlineData("", "10.1.2.3", false)]
    public async Task Invoke_Peer_IsTrustedWhereANetworkHoldsIt(string networks, string? peer, bool isTrusted)
    {
        var store = new ConfigurationStore(await ConfigurationWith(networks));
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer) } };

        await new TrustedPeers(_ => Task.CompletedTask, store).InvokeAsync(context);

        Assert.Equal(isTrusted, context.Features.Get<ITrustedPeerFeature>() is not null);
    }

    [Fact]
    public async Task Invoke_AfterAReload_FollowsTheConfiguration()
    {
        var store = new ConfigurationStore(await ConfigurationWith("10.0.0.0/8"));
        var peers = new TrustedPeers(_ => Task.CompletedTask, store);
        foreach (var (networks, isTrusted) in new[] { ("10.0.0.0/8", true), ("11.0.0.0/8", false), ("", false), ("10.1.0.0/16", true) })
        {
            store.Apply(await ConfigurationWith(networks));
            var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse("10.1.2.3") } };

            await peers.InvokeAsync(context);

            Assert.Equal(isTrusted, context.Features.Get<ITrustedPeerFeature>() is not null);
        }
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10")]
    [InlineData("10.0/16")]
    [InlineData("proxy.example")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.0.0.0/8;11.0.0.0/8")]
    public async Task Read_NoNetwork_IsAnErrorThatNamesIt(string network)
    {
        var error = Assert.Single(await Settings.ErrorsAsync(Settings.Of(
            ("LoadBalancer:ForwardedHeaders:TrustedProxies:0", "127.0.0.1"),
            ("LoadBalancer:ForwardedHeaders:TrustedProxies:1", network))));

        Assert.StartsWith("LoadBalancer:ForwardedHeaders:TrustedProxies", error);
        Assert.Contains($"'{network}'", error);
        Assert.Contains("networks such as 10.0.0.0/8", error);
    }

    private static Task<EffectiveConfiguration> ConfigurationWith(string networks) =>
        Settings.ReadAsync(Settings.Of(("LoadBalancer:ForwardedHeaders:TrustedProxies", networks)));
}
