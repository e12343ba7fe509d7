using Microsoft.Playwright;

namespace AspireLB.AppHost.Tests.Dashboard;

/// <summary>Runs Chromium for tests of the Aspire dashboard; they are skipped if it is not installed.</summary>
internal sealed class DashboardBrowser : IAsyncDisposable
{
    private static readonly string? Program = Environment.GetEnvironmentVariable("CHROMIUM")
        ?? new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    /// <summary>The reason for skipping tests.</summary>
    public const string Missing = "Chromium is not installed (CHROMIUM names it where it is elsewhere).";

    private static readonly ViewportSize Size = new() { Width = 1440, Height = 900 };

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private DashboardBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static bool IsInstalled => Program is not null;

    public static async Task<DashboardBrowser> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout(60_000); // a met condition passes at once; the limit allows for a busy machine
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
            ],
            Timeout = 120_000,
        });
        return new(playwright, browser);
    }

    /// <summary>Signs in and opens the list of resources.</summary>
    /// <param name="signIn">The dashboard's sign-in link, with its token.</param>
    /// <param name="pictures">Folder for screenshots; created if it does not exist.</param>
    public async Task<DashboardPage> SignInAsync(Uri signIn, string pictures)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = Size });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync(signIn.ToString());

        // Without a cookie the dashboard asks for the token again on every page.
        await page.WaitForURLAsync(url => !new Uri(url).AbsolutePath.StartsWith("/login", StringComparison.Ordinal));
        Directory.CreateDirectory(pictures);
        return new(page, new(signIn.GetLeftPart(UriPartial.Authority)), pictures);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
