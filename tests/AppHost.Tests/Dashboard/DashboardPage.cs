using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.AppHost.Tests.Dashboard;

/// <summary>The Aspire dashboard (13.6) in a browser tab. Each <c>Open…</c> method opens a page and waits until it has content.</summary>
/// <param name="page">The tab, signed in.</param>
/// <param name="root">Address of the dashboard.</param>
/// <param name="pictures">Folder for screenshots.</param>
internal sealed class DashboardPage(IPage page, Uri root, string pictures)
{
    // The grid's first row contains the headings.
    private const string DataRow = "tr.fluent-data-grid-row:not([row-type='sticky-header'])";

    /// <summary>
    /// Rows of the visible grid: resources, traces, spans or log records. They load one by one, so expect their number before a screenshot.
    /// </summary>
    public ILocator Rows => page.Locator(DataRow).Filter(new() { Has = page.Locator("td") });

    /// <summary>Opens the list of resources.</summary>
    public Task OpenResourcesAsync() => OpenGridAsync("/");

    /// <summary>The row of a resource. Call <see cref="OpenResourcesAsync"/> first.</summary>
    public ILocator Resource(string name) =>
        page.Locator(DataRow).Filter(new() { Has = page.Locator(".resource-name-text").GetByText(name, new() { Exact = true }) });

    /// <summary>Waits for a resource's state, such as <c>Running</c>.</summary>
    public Task ResourceIsAsync(string name, string state) =>
        Expect(Resource(name).Locator(".state-column-cell")).ToHaveTextAsync(state);

    /// <summary>Waits until a resource is running without errors or warnings, which the green icon shows.</summary>
    public async Task ResourceIsGreenAsync(string name)
    {
        await ResourceIsAsync(name, "Running");
        await Expect(Resource(name).Locator(".state-column-cell svg")).ToHaveAttributeAsync("style", new Regex("--success"));
    }

    /// <summary>Banners, which appear above every page, and the message that the page itself failed.</summary>
    public ILocator Warnings => page.Locator(".dashboard-message-bar, #blazor-error-ui:visible");

    /// <summary>
    /// Clicks a command of a resource's row, such as "Drain", either as a button or in the row's menu. Waits until the dashboard reports
    /// success.
    /// </summary>
    public async Task RunCommandAsync(string resource, string command)
    {
        await ClickCommandAsync(resource, command);
        await CommandSucceededAsync(command);
    }

    /// <summary>Clicks "Weight" on a backend's row, enters a number in the dialog, and waits until the dashboard reports success.</summary>
    public async Task SetWeightAsync(string resource, string weight)
    {
        await ClickCommandAsync(resource, "Weight");
        var dialog = page.Locator(".interaction-input-dialog");
        await dialog.Locator("fluent-text-input").GetByRole(AriaRole.Textbox).FillAsync(weight);
        await dialog.Locator("fluent-button[appearance='primary']").ClickAsync();
        await CommandSucceededAsync("Weight");
    }

    /// <summary>
    /// Opens a trace and waits until all its spans are there. They are exported every second, and the page of an unknown trace does not update.
    /// </summary>
    /// <param name="traceId">The trace's id, 32 hex digits.</param>
    /// <param name="spans">The expected number of spans.</param>
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

    /// <summary>Opens the structured logs, of all resources or of one.</summary>
    public Task OpenLogsAsync(string? resource = null) =>
        OpenGridAsync(resource is null ? "/structuredlogs" : $"/structuredlogs/resource/{resource}");

    /// <summary>Opens the attributes of a log record or a span in the pane beside the list.</summary>
    public async Task OpenDetailsAsync(ILocator row)
    {
        await row.Locator("td").First.ClickAsync();
        await page.Locator(".property-grid, .details-container").First.WaitForAsync();
    }

    /// <summary>The value in the details pane, see <see cref="OpenDetailsAsync"/>, of the row whose name begins with this text.</summary>
    public ILocator Detail(string name, int column = 1) => page.Locator(".property-details-accordion-item tr")
        .Filter(new() { Has = page.Locator("td[col-index='1']").GetByText(name, new() { Exact = true }) })
        .Locator($"td[col-index='{column + 1}']");

    /// <summary>
    /// Opens a resource's metrics: the tree of its instruments, and the chart of one if it is named. The first export happens after
    /// <c>OTEL_METRIC_EXPORT_INTERVAL</c>: one second if the AppHost runs in development, otherwise a minute.
    /// </summary>
    public async Task OpenMetricsAsync(string resource, string? meter = null, string? instrument = null)
    {
        await page.GotoAsync(At($"/metrics/resource/{resource}{(instrument is null ? "" : $"?meter={meter}&instrument={instrument}")}"));
        await page.Locator("fluent-tree-item").First.WaitForAsync();
        if (instrument is not null)
            await page.Locator(".js-plotly-plot .main-svg").First.WaitForAsync();
    }

    /// <summary>An instrument in the tree. Call <see cref="OpenMetricsAsync"/> first.</summary>
    public ILocator Instrument(string name) => page.Locator("fluent-tree-item").GetByText(name, new() { Exact = true });

    /// <summary>Takes a screenshot of the tab and returns its path.</summary>
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
