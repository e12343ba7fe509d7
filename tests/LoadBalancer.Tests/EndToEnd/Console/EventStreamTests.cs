using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using AspireLB.LoadBalancer.Administering.Live;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

public class EventStreamTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_Reader_GetsASnapshotThenTicksRequestsAndEvents()
    {
        await using var servers = await EchoServers.StartAsync(2, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancelled);
        await using var frames = ReadAsync(balancer).GetAsyncEnumerator(Cancelled);

        var snapshot = await NextAsync(frames, "snapshot");
        Assert.Equal(["snapshot"], [frames.Current.EventType]);
        Assert.Equal(2, snapshot.GetProperty("backends").GetArrayLength());
        Assert.Equal("RoundRobin", snapshot.GetProperty("clusters")[0].GetProperty("policy").GetString());
        var name = snapshot.GetProperty("backends")[0].GetProperty("name").GetString()!;

        // Rates and changes count from the first sample; each sample sends the figures first, then the requests.
        await NextAsync(frames, "tick");
        await balancer.Client.GetStringAsync("/orders?card=4111", Cancelled);
        var ticked = (await NextAsync(
            frames,
            "tick",
            tick =>
                tick.GetProperty("backends").EnumerateArray().Any(backend => backend.GetProperty("requests").GetInt64() > 0))).GetProperty("totals");
        Assert.Equal(0, ticked.GetProperty("errorsPerSecond").GetDouble());
        var request = (await NextAsync(frames, "requests"))[0];
        Assert.Equal(
            ("GET", "/orders", 200),
            (request.GetProperty("method").GetString(), request.GetProperty("path").GetString(), request.GetProperty("status").GetInt32()));
        Assert.Equal("answered", Assert.Single(request.GetProperty("attempts").EnumerateArray()).GetProperty("outcome").GetString());

        using var drained = await balancer.Admin.PostAsync($"/api/backends/backends/{Uri.EscapeDataString(name)}/drain", null, Cancelled);
        var entry = await NextAsync(frames, "event", found => found.GetProperty("kind").GetString() == "drain");
        Assert.Equal(name, entry.GetProperty("backend").GetString());
        var id = frames.Current.EventId;
        using var enabled = await balancer.Admin.PostAsync($"/api/backends/backends/{Uri.EscapeDataString(name)}/enable", null, Cancelled);
        await NextAsync(frames, "event", found => found.GetProperty("kind").GetString() == "enable");

        // Who has read up to the first of the two events is told of the second alone.
        await using var again = ReadAsync(balancer, id).GetAsyncEnumerator(Cancelled);
        var known = (await NextAsync(again, "snapshot")).GetProperty("events").EnumerateArray();
        Assert.Contains(known, later => later.GetProperty("kind").GetString() == "enable");
        Assert.All(known, later => Assert.True(later.GetProperty("id").GetInt64() > entry.GetProperty("id").GetInt64()));
    }

    [Fact]
    public async Task Events_BackendJustAdded_IsInTheNextReadersSnapshotAndReachesThoseWhoWatch()
    {
        await using var servers = await EchoServers.StartAsync(2, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancelled);
        await using var watching = ReadAsync(balancer).GetAsyncEnumerator(Cancelled);
        await NextAsync(watching, "snapshot");
        await NextAsync(watching, "tick");

        using var added = await balancer.Admin.PostAsync(
            "/api/backends/backends",
            JsonContent.Create(new { address = servers.Urls.First(), name = "added" }),
            Cancelled);
        await using var later = ReadAsync(balancer).GetAsyncEnumerator(Cancelled);

        Assert.True(added.IsSuccessStatusCode);
        Assert.True(HasAdded(await NextAsync(later, "snapshot")));
        await NextAsync(watching, "snapshot", HasAdded);

        static bool HasAdded(JsonElement snapshot) =>
            snapshot.GetProperty("backends").EnumerateArray().Any(backend => backend.GetProperty("name").GetString() == "added");
    }

    [Fact]
    public async Task Events_MoreReadersThanAllowed_AreRefusedUntilOneLeaves()
    {
        await using var servers = await EchoServers.StartAsync(1, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancelled);
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < LiveStreams.Limit; i++)
            open.Add(await OpenAsync(balancer));

        using (var refused = await OpenAsync(balancer))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        open[0].Dispose();
        await Eventually.TrueAsync(async () =>
        {
            using var response = await OpenAsync(balancer);
            return response.IsSuccessStatusCode;
        }, Cancelled, "a stream that ended leaves its place to another");
        open.ForEach(response => response.Dispose());
    }

    [Fact]
    public async Task Page_TokenSet_IsOpenAndItsDataIsNot()
    {
        await using var servers = await EchoServers.StartAsync(1, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            servers.Urls,
            Cancelled,
            "--Admin:Token", "0123456789abcdef",
            "--Admin:Urls", "http://127.0.0.1:0");

        using var page = await balancer.Admin.GetAsync("/", Cancelled);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("default-src 'self';", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        var html = await page.Content.ReadAsStringAsync(Cancelled);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/console/js/main.js");
        using (var script = await balancer.Admin.GetAsync("/console/js/main.js", Cancelled))
            again.Headers.IfNoneMatch.Add(script.Headers.ETag!);
        using var unchanged = await balancer.Admin.SendAsync(again, Cancelled);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var closed = await OpenAsync(balancer);
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
        balancer.Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "0123456789abcdef");
        using var opened = await OpenAsync(balancer);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (opened.StatusCode, opened.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Stop_ReadersOpen_DoesNotWaitForThem()
    {
        await using var servers = await EchoServers.StartAsync(1, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancelled);
        using var open = await OpenAsync(balancer);

        balancer.Process.Signal("TERM");

        await open.Content.ReadAsStringAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(60), Cancelled).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(0, await balancer.Process.ExitCodeAsync(Cancelled));
    }

    private static Task<HttpResponseMessage> OpenAsync(LoadBalancerProcess balancer, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/events");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return balancer.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(LoadBalancerProcess balancer, string? lastEventId = null)
    {
        using var response = await OpenAsync(balancer, lastEventId);
        await foreach (var frame in SseParser.Create(await response.Content.ReadAsStreamAsync(Cancelled)).EnumerateAsync(Cancelled))
            yield return frame;
    }

    // Each kind of frame arrives within a second or two; a minute allows for busy machines.
    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<SseItem<string>> frames, string kind, Func<JsonElement, bool>? wanted = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (await frames.MoveNextAsync().AsTask().WaitAsync(limit.Token))
        {
            if (frames.Current.EventType == kind && JsonElement.Parse(frames.Current.Data) is var data && wanted?.Invoke(data) != false)
                return data;
        }

        throw new InvalidOperationException($"The stream ended before a '{kind}'.");
    }
}
