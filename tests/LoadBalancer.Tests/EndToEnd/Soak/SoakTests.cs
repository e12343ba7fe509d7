using System.Globalization;
using AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Soak;

/// <summary>
/// Load for a minute (or <c>ASPIRELB_SOAK_SECONDS</c>) from clients that pause between requests, or from <c>ASPIRELB_SOAK_CLIENTS</c> clients that do
/// not. Backends close, stall, reset and respond early at random: each response must belong to its request, and the balancer's sockets and memory
/// must not grow.
/// </summary>
[Collection(FaultRun.Name)] // a row with the other tests under load, which starts at once: last of all, it would run alone
public class SoakTests(ITestOutputHelper output)
{
    private const string Variable = "ASPIRELB_SOAK_SECONDS";
    private const int Samples = 40;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var seconds) ? seconds : 60);

    [Fact]
    public async Task Load_OnBackendsThatMisbehave_MatchesEveryResponseAndLeaksNothing()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Sockets and memory of a process are read from /proc.");

        var cancel = TestContext.Current.CancellationToken;
        UnrulyBackend[] backends = [new(1), new(2), new(3)];
        await using var end = new Disposables(backends);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            backends.Select(backend => backend.Url), cancel, "--LoadBalancer:Health:Active:Path", UnrulyBackend.HealthPath,
            "--LoadBalancer:Health:Passive:Enabled", "false",
            "--LoadBalancer:Timeouts:ResponseHead", "00:00:00.500",
            "--LoadBalancer:Timeouts:Idle", "00:00:00.500");
        var clients = new CheckingClients(balancer.Url);
        var samples = new List<ProcessSample>();
        for (var i = 0; i < Samples; i++)
        {
            await Task.Delay(Duration / Samples, cancel);
            samples.Add(ProcessSample.Of(balancer.Process.Id));
        }

        await clients.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        var after = ProcessSample.Of(balancer.Process.Id);
        output.WriteLine(
            $"{Duration.TotalSeconds:0} s: {clients.Figures}; "
            + $"sockets and files {samples[Samples / 4]} at a quarter, {samples[^1]} at the end, {after} after it");

        Assert.Empty(clients.Mismatches);
        Assert.True(clients.Right > Duration.TotalSeconds * 10, clients.Figures);
        var (early, late) = (samples[(Samples / 4)..(Samples / 2)], samples[^(Samples / 4)..]);
        Assert.True(late.Max(sample => sample.Files) <= (early.Max(sample => sample.Files) * 1.25) + 20, "files: " + string.Join(' ', samples));
        Assert.True(
            late.Min(sample => sample.Megabytes) <= (early.Max(sample => sample.Megabytes) * 1.25) + 20,
            "memory: " + string.Join(' ', samples));
    }
}

/// <summary>The resources of a process at one moment.</summary>
internal readonly record struct ProcessSample(int Files, double Megabytes)
{
    public static ProcessSample Of(int process)
    {
        var resident = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = double.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new(Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(), kilobytes / 1024);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Files}/{Megabytes:0} MB");
}
