using System.Text.RegularExpressions;
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
        Expect(Resource(name).Locator(".state-column-cell")).ToHaveTextAsync(state);

    /// <summary>Waits until a resource runs and nothing is said against it: the green sign.</summary>
    public async Task ResourceIsGreenAsync(string name)
    {
        await ResourceIsAsync(name, "Running");
        await Expect(Resource(name).Locator(".state-column-cell svg")).ToHaveAttributeAsync("style", new Regex("--success"));
    }

    /// <summary>Banners, above whatever page, and the sign that the page itself broke.</summary>
    public ILocator Warnings => page.Locator(".dashboard-message-bar, #blazor-error-ui:visible");

    /// <summary>
    /// Clicks a command of a resource's row, such as "Drain", whether it is a button or in the row's menu. Waits until the dashboard
    /// says that it succeeded.
    /// </summary>
    public async Task RunCommandAsync(string resource, string command)
    {
        await ClickCommandAsync(resource, command);
        await CommandSucceededAsync(command);
    }

    /// <summary>Clicks "Weight" on a backend's row, enters a number in the dialog, and waits until the dashboard says that it succeeded.</summary>
    public async Task SetWeightAsync(string resource, string weight)
    {
        await ClickCommandAsync(resource, "Weight");
        var dialog = page.Locator(".interaction-input-dialog");
        await dialog.Locator("fluent-text-input").GetByRole(AriaRole.Textbox).FillAsync(weight);
        await dialog.Locator("fluent-button[appearance='primary']").ClickAsync();
        await CommandSucceededAsync("Weight");
    }

    /// <summary>The spans of one trace, once all are there; they are exported every second, and an unknown trace's page does not change.</summary>
    /// <param name="traceId">Its id, 32 hex digits.</param>
    /// <param name="spans">How many there are.</param>
    public async Task OpenTraceAsync(string traceId, int spans)
    {
        do
        {
            await page.GotoAsync(At($"/traces/detail/{traceId}"));
            await Rows.First.Or(page.GetByText($"\"{traceId}\" not found")).First.WaitForAsync();
        }
        while (await Rows.CountAsync() == 0);
        await Expect(Rows).ToHaveCountAsync(spans);
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

    /// <summary>What the pane of <see cref="OpenDetailsAsync"/> has in a row that begins with this name.</summary>
    public ILocator Detail(string name, int column = 1) => page.Locator(".property-details-accordion-item tr")
        .Filter(new() { Has = page.Locator("td[col-index='1']").GetByText(name, new() { Exact = true }) })
        .Locator($"td[col-index='{column + 1}']");

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

    private async Task ClickCommandAsync(string resource, string command)
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
    }

    private Task CommandSucceededAsync(string command) => Expect(page.GetByText($"\"{command}\" succeeded").First).ToBeVisibleAsync();

    private async Task OpenGridAsync(string path)
    {
        await page.GotoAsync(At(path));
        await Rows.First.WaitForAsync();
    }

    private string At(string path) => new Uri(root, path).ToString();
}
