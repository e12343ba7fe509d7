using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>
/// Parts that are initially closed are accessible too: attempts of a request, configuration changes, the history.
/// </summary>
public sealed class OpenedPartsTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private EchoServers _servers = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // Health checks are off, so every second request has a failed attempt at the refusing backend.
    public async ValueTask InitializeAsync()
    {
        _servers = await EchoServers.StartAsync(1, Cancelled);
        _balancer = await LoadBalancerProcess.StartAsync(
            ["http://127.0.0.1:1", .. _servers.Urls],
            Cancelled,
            "--LoadBalancer:Health:Active:Enabled", "false",
            "--LoadBalancer:Health:Passive:Enabled", "false");
        for (var i = 0; i < 6; i++)
            await _balancer.Client.GetStringAsync("/orders", Cancelled);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Text_OfWhatIsOpened_HasContrastAndFits(ColorScheme scheme, int width)
    {
        await using var tab = await browser.OpenAsync(
            _balancer.Admin.BaseAddress!,
            new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        await OpenAttemptsAsync(tab.Page);
        await AssertReadableAsync(tab, width);

        await ShowChangesAsync(tab.Page);
        await AssertReadableAsync(tab, width);

        await Button(tab.Page, "Apply").ClickAsync();
        await Expect(tab.Page.Locator("#pending")).ToBeVisibleAsync();
        await AssertReadableAsync(tab, width);

        await Button(tab.Page, "Confirm").ClickAsync();
        await Expect(tab.Page.Locator("#pending")).ToBeHiddenAsync();
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Changes made" }).ClickAsync();
        await AssertMarksAsync(tab.Page.Locator("#history-list"));
        await AssertReadableAsync(tab, width);
        tab.IsClean();
    }

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _servers.DisposeAsync();
    }

    private static async Task OpenAttemptsAsync(IPage page)
    {
        var failed = page.Locator("#request-table tr.detail .attempt.failed");
        var buttons = page.Locator("#request-table tr.row .open");
        for (var i = 0; i < 2 && await failed.CountAsync() == 0; i++)
        {
            await buttons.Nth(i).ClickAsync();
            await Expect(buttons.Nth(i)).ToHaveAttributeAsync("aria-expanded", "true");
        }

        await Expect(failed.First).ToBeVisibleAsync();
        await Button(page, "Where would it go now?").First.ClickAsync();
        await Expect(page.Locator(".explanation .candidates li").First).ToBeVisibleAsync();
    }

    /// <summary>One setting of each kind: added, removed and changed.</summary>
    private async Task ShowChangesAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Heading, new() { Name = "Configuration in effect" }).ClickAsync();
        await Button(page, "Change…").ClickAsync();
        var changed = new
        {
            Backends = new[] { "http://127.0.0.1:2", _servers.Urls.Single() },
            LoadBalancer = new { Policy = "Random", Health = new { Active = new { Enabled = false } } },
        };
        await page.GetByLabel("New configuration", new() { Exact = true }).FillAsync(JsonSerializer.Serialize(changed));
        await Button(page, "Show what would change").ClickAsync();
        await AssertMarksAsync(page.Locator("#configuration-result"));
    }

    private static async Task AssertMarksAsync(ILocator list)
    {
        foreach (var mark in new[] { "+", "-", "~" })
            await Expect(list.Locator($"li[data-mark='{mark}']").First).ToBeAttachedAsync();
    }

    private static async Task AssertReadableAsync(ConsoleTab tab, int width)
    {
        Assert.Empty(await tab.WeakTextsAsync(Cancelled));
        Assert.Equal(width, await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
