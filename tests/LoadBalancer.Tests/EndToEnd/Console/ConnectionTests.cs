using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

public sealed class ConnectionTests(Browser browser) : IClassFixture<Browser>
{
    private const string Token = "0123456789abcdef";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Balancer_GoneAndBack_PageSaysItIsStaleAndReconnectsByItself()
    {
        await using var backends = await EchoServers.StartAsync(2, Cancelled);
        var balancer = await LoadBalancerProcess.StartAsync(backends.Urls, Cancelled);
        var admin = balancer.Admin.BaseAddress!;
        await using var tab = await browser.OpenAsync(admin);
        await Expect(tab.Headline).ToHaveTextAsync("All 2 backends take traffic.");
        await Expect(tab.Page.Locator("#stale")).ToBeHiddenAsync();

        await balancer.DisposeAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Connection lost. This is the state at");
        await Expect(tab.Page.Locator("#connection")).ToHaveTextAsync("Not connected");
        await Expect(tab.Row(new Uri(backends.Urls.First()).Authority)).ToHaveCountAsync(1);

        await using var other = await EchoServers.StartAsync(3, Cancelled);
        await using var again = await LoadBalancerProcess.StartAsync(other.Urls, Cancelled, "--Admin:Urls", admin.ToString());
        await Expect(tab.Page.Locator("#connection")).ToHaveTextAsync("Live", new() { Timeout = 60_000 });
        await Expect(tab.Page.Locator("#stale")).ToBeHiddenAsync();
        await Expect(tab.Headline).ToHaveTextAsync("All 3 backends take traffic.");

        // The browser's messages about refused connections are the only complaints.
        Assert.All(tab.Complaints, complaint => Assert.Matches("ERR_(CONNECTION|INCOMPLETE|EMPTY)", complaint));
    }

    [Fact]
    public async Task Stream_GoesSilent_PageSaysItIsStale()
    {
        await using var backends = await EchoServers.StartAsync(1, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(backends.Urls, Cancelled);
        await using var tab = await browser.OpenAsync(balancer.Admin.BaseAddress!);

        balancer.Process.Signal("STOP");
        try
        {
            await Expect(tab.Page.Locator("#stale")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        }
        finally
        {
            balancer.Process.Signal("CONT");
        }

        await Expect(tab.Page.Locator("#stale")).ToBeHiddenAsync(new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task Token_Set_IsAskedForUntilRightAndKeptForTheTab()
    {
        await using var backends = await EchoServers.StartAsync(2, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(backends.Urls, Cancelled, "--Admin:Token", Token);
        await using var tab = await browser.OpenAsync(balancer.Admin.BaseAddress!, ready: false);
        var dialog = tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "This console is protected" });
        await Expect(dialog).ToBeVisibleAsync();

        await tab.Page.GetByLabel("Token").FillAsync("wrong wrong wrong");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The balancer does not accept this token.");
        await tab.Page.GetByLabel("Token").FillAsync(Token);
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Headline).ToHaveTextAsync("All 2 backends take traffic.");

        await tab.Page.ReloadAsync();
        await Expect(tab.Headline).ToHaveTextAsync("All 2 backends take traffic.");
        await Expect(dialog).ToBeHiddenAsync();
        Assert.All(tab.Complaints, complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));
    }
}
