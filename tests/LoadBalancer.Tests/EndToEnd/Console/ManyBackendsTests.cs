using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

public sealed class ManyBackendsTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-console-");
    private EchoServers _servers = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // A thousand names for three servers; probing is off, since it is not under test.
    public async ValueTask InitializeAsync()
    {
        _servers = await EchoServers.StartAsync(3, Cancelled);
        var urls = _servers.Urls.ToArray();
        var configuration = new
        {
            Backends = Enumerable.Range(1, 1000).Select(
                i => new { Name = string.Create(CultureInfo.InvariantCulture, $"api-{i:0000}"), Address = urls[i % 3] }),
            LoadBalancer = new { Health = new { Active = new { Enabled = false } } },
        };
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "appsettings.json"), JsonSerializer.Serialize(configuration), Cancelled);
        _balancer = await LoadBalancerProcess.StartAsync([], null, Cancelled, _directory.FullName);
    }

    [Fact]
    public async Task ThousandBackends_Page_HoldsFewRowsAndFindsAny()
    {
        await using var tab = await browser.OpenAsync(_balancer.Admin.BaseAddress!);
        var rows = tab.Page.Locator("#backend-table tr.row");
        await Expect(tab.Page.Locator("#backends-count")).ToHaveTextAsync("1,000");
        await Expect(tab.Page.Locator("#backend-table")).ToHaveAttributeAsync("aria-rowcount", "1001");
        Assert.InRange(await rows.CountAsync(), 10, 60);
        await Expect(tab.Page.Locator("#topology .backend")).ToHaveCountAsync(1);

        await tab.Page.Locator("#backend-scroll").EvaluateAsync("scroller => scroller.scrollTop = scroller.scrollHeight");
        await Expect(tab.Row("api-1000")).ToBeVisibleAsync();
        Assert.InRange(await rows.CountAsync(), 10, 60);
        await Expect(tab.Row("api-1000")).ToHaveAttributeAsync("aria-rowindex", "1001");

        await tab.Page.Locator("#backend-search").FillAsync("api-0777");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(tab.Page.Locator("#backends-count")).ToHaveTextAsync("1 of 1,000");
        await tab.Page.Locator("#backend-search").FillAsync("nothing like it");
        await Expect(tab.Page.Locator("#backends-none")).ToHaveTextAsync("No backend matches “nothing like it”.");
        tab.IsClean();
    }

    [Fact]
    public async Task ThousandBackends_GroupSortAndChange_WorkAsWithFive()
    {
        await using var tab = await browser.OpenAsync(_balancer.Admin.BaseAddress!);
        using var drained = await _balancer.Admin.PostAsync("/api/backends/backends/api-0500/drain", null, Cancelled);

        await tab.Page.GetByLabel("Group by").SelectOptionAsync("state");
        var groups = tab.Page.Locator("#backend-table tr.group button");
        await Expect(groups.First).ToContainTextAsync("Draining: 1 backend");
        await groups.First.ClickAsync();
        await Expect(groups.First).ToHaveAttributeAsync("aria-expanded", "false");
        await Expect(tab.Row("api-0500")).ToHaveCountAsync(0);

        await tab.Page.GetByLabel("Group by").SelectOptionAsync("");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Backend", Exact = true }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Backend", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("#backend-table th[data-sort=name]")).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(tab.Page.Locator("#backend-table tr.row").First).ToContainTextAsync("api-1000");
        tab.IsClean();
    }

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _servers.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
