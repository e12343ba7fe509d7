using static Microsoft.Playwright.Assertions;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>Backends without probes: their state comes from requests alone.</summary>
public sealed class UncheckedBackendsTests(Browser browser) : IClassFixture<Browser>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoProbes_Headline_SaysOfABackendThatItTakesTrafficOnceItHasAnswered()
    {
        await using var servers = await EchoServers.StartAsync(4, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancelled, "--LoadBalancer:Health:Active:Enabled", "false");
        await using var tab = await browser.OpenAsync(balancer.Admin.BaseAddress!);
        await Expect(tab.Headline).ToHaveTextAsync("None of the 4 backends is checked yet.");
        await Expect(tab.Headline).Not.ToHaveAttributeAsync("data-level", new System.Text.RegularExpressions.Regex("."));

        await balancer.Client.GetStringAsync("/", Cancelled);
        await Expect(tab.Headline).ToHaveTextAsync("1 of 4 backends takes traffic. 3 are not checked yet.");
        await tab.Page.GetByLabel("Group by").SelectOptionAsync("cluster");
        await Expect(tab.Page.Locator("#backend-table tr.group button")).ToContainTextAsync("1 of 4 backends takes traffic");

        for (var i = 0; i < 3; i++)
            await balancer.Client.GetStringAsync("/", Cancelled);
        await Expect(tab.Headline).ToHaveTextAsync("All 4 backends take traffic.");
        tab.IsClean();
    }
}
