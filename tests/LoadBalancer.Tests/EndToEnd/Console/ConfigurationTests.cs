using System.Net;
using System.Text.Json.Nodes;
using AspireLB.LoadBalancer.Tests.EndToEnd.Admin;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>Shows, changes and confirms the configuration on the page.</summary>
public sealed class ConfigurationTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private EchoServers _servers = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _servers = await EchoServers.StartAsync(2, Cancelled);
        _balancer = await LoadBalancerProcess.StartAsync(_servers.Urls, Cancelled);
    }

    [Fact]
    public async Task Change_SeenAppliedAndConfirmed_Stays()
    {
        await using var tab = await browser.OpenAsync(_balancer.Admin.BaseAddress!);
        await OpenAsync(tab);
        var editor = tab.Page.GetByLabel("New configuration", new() { Exact = true });
        await Expect(editor).ToBeFocusedAsync();

        var changed = JsonNode.Parse(await editor.InputValueAsync())!;
        changed["LoadBalancer"]!["Clusters"]!["backends"]!["Policy"] = "Random";
        await editor.FillAsync(changed.ToJsonString());
        await Button(tab, "Show what would change").ClickAsync();
        await Expect(tab.Page.Locator("#configuration-result")).ToContainTextAsync("~ LoadBalancer:Clusters:backends:Policy: RoundRobin -> Random");
        Assert.Equal("RoundRobin", await PolicyAsync());

        await Button(tab, "Apply").ClickAsync();
        var pending = tab.Page.GetByRole(AriaRole.Region, new() { Name = "A new configuration waits for confirmation" });
        await Expect(pending.GetByRole(AriaRole.Timer)).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^(1:00|0:\d\d)$"));
        await Expect(Button(tab, "Change…")).ToBeFocusedAsync();
        await Expect(tab.Page.Locator("#configuration-text")).ToContainTextAsync("Random");
        await Expect(tab.Page.Locator("#topology .balancer")).ToContainTextAsync("Random");
        await pending.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();

        await Expect(pending).ToBeHiddenAsync();
        await Expect(tab.Page.Locator("#events .event[data-kind=confirmed]")).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await _balancer.CallAsync("GET", "/api/config/pending")).Status);
        Assert.Equal("Random", await PolicyAsync());

        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Changes made" }).ClickAsync();
        var changes = tab.Page.Locator("#history-list > li");
        await Expect(changes.First).ToContainTextAsync("configuration confirmed by 127.0.0.1");
        await Expect(changes.Nth(1)).ToContainTextAsync("~ LoadBalancer:Clusters:backends:Policy: RoundRobin -> Random");
        tab.IsClean();
    }

    [Fact]
    public async Task Change_WithMistakes_SaysWhichAndOffersNothing()
    {
        await using var tab = await browser.OpenAsync(_balancer.Admin.BaseAddress!);
        await OpenAsync(tab);
        var (editor, result) = (tab.Page.GetByLabel("New configuration", new() { Exact = true }), tab.Page.Locator("#configuration-result"));

        await editor.FillAsync("""{ "Backends": """);
        await Button(tab, "Show what would change").ClickAsync();
        await Expect(result).ToContainTextAsync("This is not JSON");
        Assert.Empty(tab.Complaints);

        await editor.FillAsync("""{ "Backends": "nonsense", "LoadBalancer": { "Polcy": "Random" } }""");
        await Button(tab, "Show what would change").ClickAsync();
        await Expect(result).ToContainTextAsync("did you mean Policy?");
        await Expect(result.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await Expect(Button(tab, "Apply")).ToHaveCountAsync(0);
        Assert.All(tab.Complaints, complaint => Assert.Contains("422", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_UnderWhichRequestsFail_IsTakenBackAtOnceAndSaidWhy()
    {
        await using var tab = await browser.OpenAsync(_balancer.Admin.BaseAddress!);
        await using var traffic = Traffic.Start(_balancer.Client, "/");
        await OpenAsync(tab);

        await tab.Page.GetByLabel("New configuration", new() { Exact = true }).FillAsync("""{ "Backends": "http://127.0.0.1:1" }""");
        await Button(tab, "Show what would change").ClickAsync();
        await tab.Page.GetByLabel("unless confirmed within").FillAsync("3600");
        await Button(tab, "Apply").ClickAsync();

        await Expect(tab.Page.Locator("#pending-left")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^59:|^1:00:00"));
        await Expect(tab.Page.Locator("#events .event[data-kind=takenBack]")).ToContainTextAsync("requests failed under it");
        await Expect(tab.Page.Locator("#pending")).ToBeHiddenAsync();
        await Expect(tab.Headline).ToHaveTextAsync("All 2 backends take traffic.");
        tab.IsClean();
    }

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _servers.DisposeAsync();
    }

    private static async Task OpenAsync(ConsoleTab tab)
    {
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Configuration in effect" }).ClickAsync();
        await Button(tab, "Change…").ClickAsync();
    }

    private static ILocator Button(ConsoleTab tab, string name) => tab.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private async Task<string?> PolicyAsync() => (string?)(await _balancer.CallAsync("GET", "/api/clusters/backends")).Body!["policy"];
}
