using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

[Collection(AdminCollection.Name)]
public sealed class AccessLogFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Json_EachRequest_IsALineWithItsBackend()
    {
        var directory = Directory.CreateTempSubdirectory("aspirelb-access");
        try
        {
            var file = Path.Combine(directory.FullName, "access.log");
            await using var servers = await EchoServers.StartAsync(2, Cancel);
            await using var balancer = await LoadBalancerProcess.StartAsync(
                servers.Urls,
                Cancel,
                "--LoadBalancer:AccessLog:Format", "Json",
                "--LoadBalancer:AccessLog:File", file);

            for (var i = 0; i < 5; i++)
                await balancer.Client.GetStringAsync($"/page?n={i}", Cancel);
            balancer.Process.Signal("TERM");
            Assert.Equal(0, await balancer.Process.ExitCodeAsync(Cancel));

            var lines = (await File.ReadAllLinesAsync(file, Cancel)).Select(line => JsonNode.Parse(line)!).ToList();
            Assert.Equal(Enumerable.Range(0, 5).Select(i => $"/page?n={i}"), lines.Select(line => (string)line["target"]!));
            Assert.All(lines, line => Assert.Equal((200, 1, "127.0.0.1"), ((int)line["status"]!, (int)line["attempts"]!, (string?)line["client"])));
            Assert.Equal(2, lines.Select(line => (string)line["backend"]!).Distinct().Count());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
