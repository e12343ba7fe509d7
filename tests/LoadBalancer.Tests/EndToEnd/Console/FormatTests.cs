using System.Text.Json;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>Formatting of numbers by the page's own module.</summary>
public sealed class FormatTests(Browser browser, EveryStateRun run) : IClassFixture<Browser>, IClassFixture<EveryStateRun>
{
    [Fact]
    public async Task Numbers_SmallAndLarge_AreShortAndNeverNothingWhereThereIsSomething()
    {
        await using var tab = await browser.OpenAsync(run.Balancer.Admin.BaseAddress!);

        var said = await tab.Page.EvaluateAsync<JsonElement>("""
            async () => {
              const format = await import('/console/js/format.js');
              return {
                rate: [0, 0.02, 0.05, 0.4, 12.34, 99.96, 1234.5].map(format.rate),
                share: [0, 0.0004, 0.012, 0.5, 1].map(format.share),
                duration: [0, 0.42, 1.26, 12, 1300].map(format.duration),
                plural: [0, 1, 1000].map(number => format.plural(number, 'backend')),
              };
            }
            """);

        Assert.Equal(["0", "<0.1", "0.1", "0.4", "12.3", "100", "1,235"], Texts("rate"));
        Assert.Equal(["0 %", "<0.1 %", "1.2 %", "50 %", "100 %"], Texts("share"));
        Assert.Equal(["–", "0.42 ms", "1.3 ms", "12 ms", "1.3 s"], Texts("duration"));
        Assert.Equal(["0 backends", "1 backend", "1,000 backends"], Texts("plural"));
        tab.IsClean();

        string[] Texts(string name) => [.. said.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
    }
}
