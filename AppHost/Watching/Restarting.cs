using System.Globalization;
using AspireLB.AppHost.Servers;
using Microsoft.Extensions.Hosting;

namespace AspireLB.AppHost.Watching;

/// <summary>
/// Starts servers and balancer again when they end by themselves, which Aspire does not do, and tells the console why they ended, which
/// only the dashboard would know. What cannot be mended by another start ends the run with exit code 2.
/// </summary>
internal sealed class Restarting(
    ResourceNotificationService notifications, ResourceCommandService commands, ResourceLoggerService logs, IHostApplicationLifetime lifetime,
    TimeProvider time, IResource balancer)
{
    /// <summary>The last lines of a process come after the news of its end.</summary>
    private static readonly TimeSpan ForLastLines = TimeSpan.FromSeconds(0.3);
    private const int BadConfiguration = 2;
    private const int LastLines = 20;

    /// <summary>What is known of a resource. Aspire tells each end several times; only the first counts until another start.</summary>
    private sealed class Supervised
    {
        public bool IsDown { get; set; }
        public bool IsMissed { get; set; }
        public int Ends { get; set; }
        public long LastEnd { get; set; }
    }

    private readonly Dictionary<string, Supervised> _resources = [];
    private bool _hasNoEnvironment;

    public async Task RunAsync()
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(lifetime.ApplicationStopping))
                Take(change);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
        }
    }

    private void Take(ResourceEvent change)
    {
        if (change.Resource is not (ExecutableResource or ContainerResource or ProjectResource))
            return;
        if (!_resources.TryGetValue(change.ResourceId, out var resource))
            _resources[change.ResourceId] = resource = new Supervised();

        var state = change.Snapshot.State?.Text;
        if (!KnownResourceStates.TerminalStates.Contains(state))
            resource.IsDown = false;
        if (state == KnownResourceStates.Running && resource.IsMissed)
        {
            resource.IsMissed = false;
            Console.WriteLine($"{change.Resource.Name} runs again.");
        }
        else if (EndedByItself(change.Snapshot, state) && !resource.IsDown)
        {
            resource.IsDown = resource.IsMissed = true;
            resource.Ends = BackOff.Count(resource.Ends, time.GetElapsedTime(resource.LastEnd));
            resource.LastEnd = time.GetTimestamp();
            _hasNoEnvironment |= change.Resource.Name == FlaskEnvironment.Name;

            // What waited for the environment fails for no reason of its own; the environment's reason is being told.
            if (_hasNoEnvironment && change.Resource.Name != FlaskEnvironment.Name && state == KnownResourceStates.FailedToStart)
                return;
            _ = AnswerAsync(change, resource.Ends);
        }
    }

    /// <summary>One that is stopped by hand ends with code 0; one that is killed ends with -1 as a process, with 137 as a container.</summary>
    private static bool EndedByItself(CustomResourceSnapshot snapshot, string? state) =>
        state == KnownResourceStates.FailedToStart
        || KnownResourceStates.TerminalStates.Contains(state) && snapshot.ExitCode is not (null or 0);

    private static bool IsSignal(int? exitCode) => exitCode is -1 or > 128 and < 160;

    private async Task AnswerAsync(ResourceEvent change, int ends)
    {
        try
        {
            await Task.Delay(ForLastLines, time, lifetime.ApplicationStopping);
            var name = change.Resource.Name;
            var lines = await LinesAsync(change.ResourceId);
            if (name is FlaskEnvironment.Name or FlaskEnvironment.InstallName)
                GiveUp($"{name} failed: {lines.LastOrDefault()}\n{FlaskEnvironment.Advice}");
            else if (change.Resource == balancer && change.Snapshot.ExitCode == BadConfiguration)
                GiveUp(string.Join('\n', lines.TakeLast(LastLines).Append($"{name} ended with exit code {BadConfiguration}: it is set wrongly.")));
            else
                await RestartAsync(change, lines.LastOrDefault(), ends);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            // Nothing awaits this, so it is the last place where a failure can be told.
            await Console.Error.WriteLineAsync($"{change.Resource.Name} ended and is not started again: {failure}");
        }
    }

    private async Task RestartAsync(ResourceEvent change, string? lastLine, int ends)
    {
        var name = change.Resource.Name;
        var what = change.Snapshot.ExitCode is { } code ? $"{name} ended with exit code {code}" : $"{name} did not start";
        if (IsSignal(change.Snapshot.ExitCode))
            (what, lastLine) = ($"{name} was killed", null);
        while (true)
        {
            var pause = BackOff.Delay(ends++);
            Console.WriteLine($"{what}{(lastLine is null ? "" : $" ({lastLine})")}; starting it again in {pause.TotalSeconds:0.#} s.");
            await Task.Delay(pause, time, lifetime.ApplicationStopping);
            var start = await commands.ExecuteCommandAsync(change.ResourceId, KnownResourceCommands.StartCommand, lifetime.ApplicationStopping);
            if (start.Success)
                return;
            (what, lastLine) = ($"{name} could not be started", start.Message);
        }
    }

    private void GiveUp(string reason)
    {
        Console.Error.WriteLine(reason);
        Environment.ExitCode = ExitCodes.Unusable;
        lifetime.StopApplication();
    }

    /// <summary>What the resource wrote; what the orchestrator says about it only where it wrote nothing.</summary>
    private async Task<IReadOnlyList<string>> LinesAsync(string resourceId)
    {
        var all = new List<string>();
        await foreach (var batch in logs.GetAllAsync(resourceId).WithCancellation(lifetime.ApplicationStopping))
            all.AddRange(batch.Select(line => WithoutTime(line.Content)).Where(line => line.Length > 0));
        var own = all.Where(line => !line.Contains("[sys]", StringComparison.Ordinal)).ToList();
        return own.Count > 0 ? own : all;
    }

    /// <summary>Aspire puts the time before each line.</summary>
    private static string WithoutTime(string line) =>
        line.IndexOf(' ') is var space and > 0 && DateTimeOffset.TryParse(line[..space], CultureInfo.InvariantCulture, out _)
            ? line[(space + 1)..].Trim()
            : line.Trim();
}
