using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.AppHost.Tests.Dashboard;

/// <summary>The Aspire dashboard (13.6) in a browser's tab. <c>Open…</c> goes to a page and waits until it shows something.</summary>
/// <param name="page">The tab, signed in.</param>
/// <param name="root">Address of the dashboard.</param>
/// <param name="pictures">Folder for pictures.</param>
internal sealed class DashboardPage(IPage page, Uri root, string pictures)
{
    // The grid's first row holds the headings.
    private const string DataRow = "tr.fluent-data-grid-row:not([row-type='sticky-header'])";

    /// <summary>The tab, for what this class does not offer.</summary>
    public IPage Page => page;

    /// <summary>
    /// Rows of the grid in sight: resources, traces, spans or log records. They come one after the other: before a picture, expect their number.
    /// </summary>
    public ILocator Rows => page.Locator(DataRow).Filter(new() { Has = page.Locator("td") });

    /// <summary>The list of resources.</summary>
    public Task OpenResourcesAsync() => OpenGridAsync("/");

    /// <summary>Row of a resource; <see cref="OpenResourcesAsync"/> comes first.</summary>
    public ILocator Resource(string name) =>
        page.Locator(DataRow).Filter(new() { Has = page.Locator(".resource-name-text").GetByText(name, new() { Exact = true }) });

    /// <summary>Waits for a resource's state, such as <c>Running</c>.</summary>
    public Task ResourceIsAsync(string name, string state) =>
        Expect(Resource(name).Locator(".state-column-cell")).ToContainTextAsync(state, new() { Timeout = 60_000 });

    /// <summary>
    /// Clicks a command of a resource's row, such as "Drain", whether it is a button or in the row's menu. Waits until the dashboard
    /// says that it succeeded.
    /// </summary>
    public async Task RunCommandAsync(string resource, string command)
    {
        await OpenResourcesAsync();
        var row = Resource(resource);
        var button = row.Locator($"fluent-button[title='{command}']");
        if (await button.CountAsync() == 0)
        {
            await row.Locator("fluent-button[title='Actions']").ClickAsync();
            button = page.Locator("fluent-menu-item").GetByText(command, new() { Exact = true });
        }

        await button.ClickAsync();
        await Expect(page.GetByText($"\"{command}\" succeeded").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    /// <summary>The list of traces, those of one resource where it is named.</summary>
    public Task OpenTracesAsync(string? resource = null) => OpenGridAsync(resource is null ? "/traces" : $"/traces/resource/{resource}");

    /// <summary>Rows of the traces whose name holds this text, such as <c>GET</c>; <see cref="OpenTracesAsync"/> comes first.</summary>
    public ILocator Traces(string name) => Rows.Filter(new() { HasText = name });

    /// <summary>The spans of one trace.</summary>
    /// <param name="traceId">Its id, 32 hex digits.</param>
    public Task OpenTraceAsync(string traceId) => OpenGridAsync($"/traces/detail/{traceId}");

    /// <summary>The spans of a trace of the list.</summary>
    public async Task OpenTraceAsync(ILocator row)
    {
        await row.Locator("td").Nth(1).ClickAsync();
        await page.WaitForURLAsync("**/traces/detail/**");
        await Rows.First.WaitForAsync();
    }

    /// <summary>The structured logs, those of one resource where it is named.</summary>
    public Task OpenLogsAsync(string? resource = null) =>
        OpenGridAsync(resource is null ? "/structuredlogs" : $"/structuredlogs/resource/{resource}");

    /// <summary>Attributes of a log record or a span of the list, in the pane beside it.</summary>
    public async Task OpenDetailsAsync(ILocator row)
    {
        await row.Locator("td").First.ClickAsync();
        await page.Locator(".property-grid, .details-container").First.WaitForAsync();
    }

    /// <summary>
    /// A resource's metrics: the tree of its instruments, and the chart of one where it is named. The first export comes after
    /// <c>OTEL_METRIC_EXPORT_INTERVAL</c>: one second where the AppHost runs in development, else a minute.
    /// </summary>
    public async Task OpenMetricsAsync(string resource, string? meter = null, string? instrument = null)
    {
        await page.GotoAsync(At($"/metrics/resource/{resource}{(instrument is null ? "" : $"?meter={meter}&instrument={instrument}")}"));
        await page.Locator("fluent-tree-item").First.WaitForAsync();
        if (instrument is not null)
            await page.Locator(".js-plotly-plot .main-svg").First.WaitForAsync();
    }

    /// <summary>An instrument in the tree; <see cref="OpenMetricsAsync"/> comes first.</summary>
    public ILocator Instrument(string name) => page.Locator("fluent-tree-item").GetByText(name, new() { Exact = true });

    /// <summary>Takes a picture of the tab. Gives its path.</summary>
    public async Task<string> TakePictureAsync(string name)
    {
        var path = Path.Combine(pictures, name + ".png");
        await page.ScreenshotAsync(new() { Path = path });
        return path;
    }

    private async Task OpenGridAsync(string path)
    {
        await page.GotoAsync(At(path));
        await Rows.First.WaitForAsync();
    }

    private string At(string path) => new Uri(root, path).ToString();
}
