using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>These tests are read-only, so they share a balancer; each has its own traffic.</summary>
public sealed class AccessibilityTests(Browser browser, EveryStateRun run) : IClassFixture<Browser>, IClassFixture<EveryStateRun>, IAsyncLifetime
{
    private readonly LoadBalancerProcess _balancer = run.Balancer;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 10; i++)
            await _balancer.Client.GetStringAsync("/", Cancelled);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Text_EveryThemeAndWidth_HasContrastAndFits(ColorScheme scheme, int width)
    {
        await using var tab = await browser.OpenAsync(
            _balancer.Admin.BaseAddress!,
            new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        await Expect(tab.Page.Locator(".state[data-state=unhealthy]")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("#request-table tr.row").First).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();

        Assert.Empty(await tab.WeakTextsAsync(Cancelled));
        Assert.Equal(width, await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('main *')]
              .filter(part => part.scrollWidth > part.clientWidth && ['auto', 'scroll'].includes(getComputedStyle(part).overflowX))
              .map(part => `${part.id || part.className || part.tagName}: ${part.scrollWidth} of ${part.clientWidth}`)
            """));
        tab.IsClean();
    }

    [Fact]
    public async Task Fingers_EveryControlInSight_IsLargeEnough()
    {
        await using var tab = await browser.OpenAsync(
            _balancer.Admin.BaseAddress!,
            new() { HasTouch = true, IsMobile = true, ViewportSize = new() { Width = 390, Height = 844 } });
        await Expect(tab.Page.Locator("#request-table tr.row").First).ToBeVisibleAsync();

        var controls = await tab.Page.EvaluateAsync<JsonElement>("""
            () => [...document.querySelectorAll('main button, main input, main select, main summary, header button')]
                .filter(control => control.checkVisibility() && !control.closest('thead'))
              .map(control => ({ name: control.id || control.textContent, height: control.getBoundingClientRect().height }))
            """);
        Assert.NotEmpty(controls.EnumerateArray());
        Assert.DoesNotContain(controls.EnumerateArray(), control => control.GetProperty("height").GetDouble() < 43.5);
        Assert.Equal(390, await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task Controls_All_HaveANameAndFollowTheReadingOrder()
    {
        await using var tab = await browser.OpenAsync(_balancer.Admin.BaseAddress!);
        foreach (var heading in new[] { "Where traffic goes", "Events", "Last requests", "Configuration in effect" })
            await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeVisibleAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Banner)).ToHaveCountAsync(1);
        await Expect(tab.Page.GetByRole(AriaRole.Main)).ToHaveCountAsync(1);
        await Expect(tab.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("^Clients send requests") })).ToBeVisibleAsync();

        var (names, tops) = (new List<string>(), new List<double>());
        for (var i = 0; i < 30; i++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            var focused = await tab.Page.EvaluateAsync<JsonElement>("""
                () => { const e = document.activeElement, label = e.labels?.[0] ?? document.getElementById(e.getAttribute('aria-labelledby'));
                        return {
                          name: (e.getAttribute('aria-label') ?? label?.textContent ?? e.textContent).trim(),
                          top: e.getBoundingClientRect().top + scrollY } }
                """);
            names.Add(focused.GetProperty("name").GetString()!);
            tops.Add(focused.GetProperty("top").GetDouble());
        }

        Assert.Equal("Skip to the backends", names[0]);
        Assert.Equal("Dark theme", names[1]);
        Assert.Equal("Events", names[2]);
        Assert.DoesNotContain("", names);
        Assert.Contains($"Enable {run.Name(0)}", names);
        Assert.Contains($"Manage {run.Name(1)}", names);
        tab.IsClean();
    }

    [Fact]
    public async Task Motion_Reduced_NothingMoves()
    {
        await using var tab = await browser.OpenAsync(_balancer.Admin.BaseAddress!, new() { ReducedMotion = ReducedMotion.Reduce });
        await Expect(tab.Page.Locator("#topology .flow").First).ToBeAttachedAsync();

        Assert.Equal(0, await tab.Page.EvaluateAsync<int>("document.getAnimations().length"));
    }

    [Fact]
    public async Task Theme_Button_SwitchesAndIsRemembered()
    {
        await using var tab = await browser.OpenAsync(_balancer.Admin.BaseAddress!, new() { ColorScheme = ColorScheme.Light });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Dark theme" }).ClickAsync();
        await tab.Page.ReloadAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Light theme" })).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
