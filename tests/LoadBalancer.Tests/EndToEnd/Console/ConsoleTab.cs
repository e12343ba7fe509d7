using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>The console in a browser tab, with its requests and its complaints.</summary>
internal sealed class ConsoleTab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _admin;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _requests = new();

    public ConsoleTab(IBrowserContext context, IPage page, Uri admin)
    {
        (_context, Page, _admin) = (context, page, admin);
        page.Console += (_, message) => Complain(message.Type is "error" or "warning", $"{message.Type}: {message.Text} {message.Location}");
        page.PageError += (_, error) => Complain(true, error);
        page.Request += (_, request) => _requests.Enqueue(request.Url);
    }

    public IPage Page { get; }

    public ILocator Headline => Page.Locator("#headline");

    public IEnumerable<string> Complaints => _complaints;

    public ILocator Row(string backend) => Page.Locator($"#backend-table tr.row[data-backend$='/{backend}']");

    public Task StateIsAsync(string backend, string word) =>
        Expect(Row(backend).Locator(".state")).ToHaveTextAsync(word, new() { Timeout = 60_000 });

    /// <summary>Visible texts with too little contrast.</summary>
    public async Task<string[]> WeakTextsAsync(CancellationToken cancellationToken) =>
        await Page.EvaluateAsync<string[]>(await File.ReadAllTextAsync(
            Repository.File("tests/LoadBalancer.Tests/EndToEnd/Console/contrast.js"),
            cancellationToken));

    /// <summary>The page had no errors, and sent requests only to the balancer.</summary>
    public void IsClean()
    {
        Assert.Empty(_complaints);
        Assert.NotEmpty(_requests);
        Assert.All(_requests, url => Assert.Equal(_admin.Authority, new Uri(url).Authority));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Complain(bool worth, string text)
    {
        if (worth)
            _complaints.Enqueue(text);
    }
}
