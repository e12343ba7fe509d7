using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class RestartNeedsTests
{
    [Theory]
    [InlineData("Urls", "http://localhost:9999")]
    [InlineData("Admin:Urls", "http://127.0.0.1:9191")]
    [InlineData("Admin:Token", "another-token-of-length")]
    [InlineData("Admin:ExplainToken", "another-token-of-length")]
    [InlineData("LoadBalancer:AccessLog:Format", "Json")]
    [InlineData("LoadBalancer:EventLoops", "False")]
    [InlineData("LoadBalancer:IoUring", "False")]
    [InlineData("LoadBalancer:MaxConnections", "100")]
    [InlineData("LoadBalancer:Shutdown:Grace", "00:00:01")]
    public async Task Between_WhatIsReadOnceDiffers_IsItsKey(string key, string value)
    {
        var settings = new Dictionary<string, string?> { ["Admin:Token"] = "a-token-of-some-length" };
        var before = await Settings.ReadAsync(Settings.Of([.. settings.Select(pair => (pair.Key, pair.Value))]));
        settings[key] = value;
        var after = await Settings.ReadAsync(Settings.Of([.. settings.Select(pair => (pair.Key, pair.Value))]));

        Assert.Equal([key], RestartNeeds.Between(before, after));
    }

    [Theory]
    [InlineData("Backends", "http://other")]
    [InlineData("LoadBalancer:MaxInFlight", "10")]
    [InlineData("LoadBalancer:Shutdown:Delay", "00:00:01")]
    [InlineData("LoadBalancer:Retry:MaxAttempts", "2")]
    public async Task Between_WhatAReloadAppliesDiffers_IsNothing(string key, string value) =>
        Assert.Empty(RestartNeeds.Between(await Settings.ReadAsync(Settings.Of()), await Settings.ReadAsync(Settings.Of((key, value)))));
}
