using Microsoft.Playwright;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>Debian's Chromium, shared by the tests of a class; tests skip where it is missing.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string? Program = Environment.GetEnvironmentVariable("CHROMIUM")
        ?? new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Program is null)
            return;
        Assertions.SetDefaultExpectTimeout(60_000); // a condition that holds is seen at once; others may need time on a busy machine
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args =
            [
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
            Timeout = 120_000,
        });
    }

    /// <summary>Opens the console in its own context and waits until it shows data.</summary>
    /// <param name="admin">Address of the admin listener.</param>
    /// <param name="options">Size, colour scheme and so on.</param>
    /// <param name="ready">Whether to wait for the first figures.</param>
    internal async Task<ConsoleTab> OpenAsync(Uri admin, BrowserNewContextOptions? options = null, bool ready = true)
    {
        if (_browser is null)
            Assert.Skip("Chromium is not installed (CHROMIUM names it where it is elsewhere).");

        var context = await _browser.NewContextAsync(options ?? new());
        context.SetDefaultTimeout(60_000);
        var tab = new ConsoleTab(context, await context.NewPageAsync(), admin);
        await tab.Page.GotoAsync(admin.ToString());
        if (ready)
            await tab.Page.Locator("#main:not([aria-busy])").WaitForAsync();
        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
