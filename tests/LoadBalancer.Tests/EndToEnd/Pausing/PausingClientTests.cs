using System.Globalization;
using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Pausing;

/// <summary>
/// Clients that pause within a body for longer than Kestrel would allow (5 s), but not for as long as <c>Timeouts:Idle</c>. All clients of the test
/// run in parallel, so that their pauses take its time only once.
/// </summary>
public sealed class PausingClientTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(8);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_WithAPauseInIt_ArrivesWhole(bool usesEventLoops)
    {
        await using var run = await PausingRun.StartAsync(usesEventLoops, Cancelled);
        using var client = PausingRun.CreateClient();
        (Uri Base, Version Version)[] ways =
        [
            (run.Balancer.Url, HttpVersion.Version11),
            (run.Secure, HttpVersion.Version11),
            (run.Secure, HttpVersion.Version20),
        ];
        var clients = new Dictionary<string, Task<string>>();
        foreach (var (at, version) in ways)
        {
            foreach (var path in new[] { "", "yarp/" })
            {
                var way = $"{at.Scheme} {version} {path}";
                var to = new Uri(at, path);
                clients[way + "download"] = DownloadAsync(client, new(to, "download"), version);
                clients[way + "chunked download"] = DownloadAsync(client, new(to, "download?chunked"), version);
                clients[way + "kept upload"] = UploadAsync(client, new(to, "upload"), version, new(2, 100, Pause, isChunked: false));
                clients[way + "long upload"] = UploadAsync(client, new(to, "upload"), version, new(2, 100_000, Pause, isChunked: false));
                clients[way + "chunked upload"] = UploadAsync(client, new(to, "upload"), version, new(1, 100, Pause, isChunked: true));
                clients[way + "slow upload"] = UploadAsync(
                    client,
                    new(to, "upload"),
                    version,
                    new(10, 100, TimeSpan.FromSeconds(1), isChunked: true));
                clients[way + "echo"] = EchoAsync(client, new(to, "echo"), version);
            }
        }

        await Task.WhenAll(clients.Values);

        Assert.All(clients, entry => Assert.Equal((entry.Key, "whole"), (entry.Key, entry.Value.Result)));
        Assert.Equal(0, (int)(await run.Balancer.BackendAsync("d", Cancelled))["failures"]!);
    }

    private static async Task<string> DownloadAsync(HttpClient client, Uri url, Version version)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url)
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
            await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
            var buffer = new byte[100_000];
            for (var first = 0; first < 5_000_000; first += buffer.Length)
                await body.ReadExactlyAsync(buffer, Cancelled);
            await Task.Delay(Pause, Cancelled);
            var received = 5_000_000L;
            int read;
            while ((read = await body.ReadAsync(buffer, Cancelled)) > 0)
                received += read;
            return received == BodyBackend.DownloadBytes ? "whole" : $"{received} bytes";
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return error.Message;
        }
    }

    private static async Task<string> UploadAsync(HttpClient client, Uri url, Version version, PausingContent body)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url)
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = body,
            };
            using var response = await client.SendAsync(request, Cancelled);
            var text = await response.Content.ReadAsStringAsync(Cancelled);
            return response.StatusCode == HttpStatusCode.OK && text == body.Bytes.ToString(
                CultureInfo.InvariantCulture) ? "whole" : $"{response.StatusCode} {text}";
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return error.Message;
        }
    }

    private static async Task<string> EchoAsync(HttpClient client, Uri url, Version version)
    {
        try
        {
            using var body = new PausingContent(2, 100, Pause, isChunked: true);
            using var request = new HttpRequestMessage(HttpMethod.Post, url)
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = body,
            };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
            var received = await response.Content.ReadAsByteArrayAsync(Cancelled);
            return received.Length == body.Bytes ? "whole" : $"{response.StatusCode} {received.Length} bytes";
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return error.Message;
        }
    }
}
