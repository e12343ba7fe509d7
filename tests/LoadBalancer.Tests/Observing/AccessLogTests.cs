using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Observing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AspireLB.LoadBalancer.Tests.Observing;

public sealed class AccessLogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-access");
    private readonly Measurements _measurements = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Combined_IsWhatApacheWrites()
    {
        var written = await WriteAsync("Combined", Entry("/a?b=c") with { Referer = "http://x/", UserAgent = "curl/8" });

        Assert.Equal("10.0.0.9 - - [01/Feb/2026:03:04:05 +0000] \"GET /a?b=c HTTP/1.1\" 200 54 \"http://x/\" \"curl/8\"\n", written);
    }

    [Fact]
    public async Task Combined_HostileFields_StayInTheirQuotesAndLine()
    {
        var written = await WriteAsync("Combined", Entry("/") with { UserAgent = "a\" 200\nfake\u001b[2Jé\\" });

        Assert.EndsWith("\"a\\x22 200\\x0afake\\x1b[2J\\xc3\\xa9\\x5c\"\n", written);
    }

    [Fact]
    public async Task Json_LeavesOutWhatIsNotKnown()
    {
        var written = await WriteAsync("Json", Entry("/") with { Client = null });

        const string Line =
            "{\"at\":\"2026-02-01T03:04:05+00:00\",\"method\":\"GET\",\"target\":\"/\",\"protocol\":\"HTTP/1.1\","
            + "\"status\":200,\"bytes\":54,\"milliseconds\":1.5,\"attempts\":1}";
        Assert.Equal(Line + "\n", written);
    }

    [Fact]
    public void Add_NothingWritten_DropsAndCounts()
    {
        using var log = Create(new() { Format = "Json", Buffer = 3 }, TextWriter.Null);

        for (var i = 0; i < 10; i++)
            log.Add(Entry("/"));

        Assert.Equal(7, log.Dropped);
        Assert.Equal(["aspirelb.access_log.dropped{} 7"], _measurements.Observe());
    }

    [Fact]
    public async Task File_Full_IsPutAsideAndTheOldestGoes()
    {
        var path = Path.Combine(_directory.FullName, "access.log");
        await using (var file = new RollingFile(path, maxBytes: 8, kept: 2))
        {
            foreach (var line in new[] { "line one\n", "line two\n", "line three\n", "line four\n" })
                await file.WriteAsync(line);
        }

        Assert.Equal(["line four\n", "line three\n", "line two\n"], new[] { path, path + ".1", path + ".2" }.Select(File.ReadAllText));
        Assert.Equal(3, _directory.GetFiles().Length);
    }

    [Fact]
    public async Task File_CannotBeWritten_LosesLinesAndNothingElse()
    {
        using var log = Create(new() { Format = "Json", File = Path.Combine(_directory.FullName, "no", "such", "directory") }, TextWriter.Null);
        await log.StartAsync(Cancel);

        log.Add(Entry("/"));
        await log.StopAsync(Cancel);

        Assert.Equal(1, log.Dropped);
    }

    public void Dispose()
    {
        _measurements.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task<string> WriteAsync(string format, AccessEntry entry)
    {
        var output = new StringWriter();
        using var log = Create(new() { Format = format }, output);
        await log.StartAsync(Cancel);
        log.Add(entry);
        await log.StopAsync(Cancel);
        return output.ToString();
    }

    private AccessLog Create(AccessLogOptions options, TextWriter output) =>
        new(options, _measurements.Meters, NullLogger<AccessLog>.Instance, output);

    private static AccessEntry Entry(string target) =>
        new(new(2026, 2, 1, 3, 4, 5, TimeSpan.Zero), "10.0.0.9", "GET", target, "HTTP/1.1", 200, 54, 1.5, null, null, null, null, null, 1, null);
}
