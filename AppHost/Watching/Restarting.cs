using System.Globalization;
using AspireLB.AppHost.Servers;
using Microsoft.Extensions.Hosting;

namespace AspireLB.AppHost.Watching;

/// <summary>
/// Restarts servers and balancer when they end by themselves, which Aspire does not do, and writes to the console why they ended, which
/// otherwise only the dashboard shows. A failure that a restart cannot fix ends the run with exit code 2.
/// </summary>
internal sealed class Restarting(
    ResourceNotificationService notifications, ResourceCommandService commands, ResourceLoggerService logs, IHostApplicationLifetime lifetime,
    TimeProvider time, IResource balancer)
{
    /// <summary>The last lines of a process arrive after the notification that it ended.</summary>
    private static readonly TimeSpan LastLinesDelay = TimeSpan.FromSeconds(0.3);
    private const int BadConfiguration = 2;
    private const int LastLines = 20;

    /// <summary>The state of one resource. Aspire reports each end several times; only the first report counts until the next start.</summary>
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

            // Resources that wait for the environment fail because it failed; only the environment's own error is reported.
            if (_hasNoEnvironment && change.Resource.Name != FlaskEnvironment.Name && state == KnownResourceStates.FailedToStart)
                return;
            _ = HandleEndAsync(change, resource.Ends);
        }
    }

    /// <summary>A resource stopped by the user exits with 0. A killed process exits with -1, a killed container with 137.</summary>
    private static bool EndedByItself(CustomResourceSnapshot snapshot, string? state) =>
        state == KnownResourceStates.FailedToStart
        || KnownResourceStates.TerminalStates.Contains(state) && snapshot.ExitCode is not (null or 0);

    private static bool IsSignal(int? exitCode) => exitCode is -1 or > 128 and < 160;

    private async Task HandleEndAsync(ResourceEvent change, int ends)
    {
        try
        {
            await Task.Delay(LastLinesDelay, time, lifetime.ApplicationStopping);
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
            // Nothing awaits this task, so a failure must be reported here.
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

    /// <summary>What the resource wrote, or, if it wrote nothing, what the orchestrator says about it.</summary>
    private async Task<IReadOnlyList<string>> LinesAsync(string resourceId)
    {
        var all = new List<string>();
        await foreach (var batch in logs.GetAllAsync(resourceId).WithCancellation(lifetime.ApplicationStopping))
            all.AddRange(batch.Select(line => WithoutTime(line.Content)).Where(line => line.Length > 0));
        var own = all.Where(line => !line.Contains("[sys]", StringComparison.Ordinal)).ToList();
        return own.Count > 0 ? own : all;
    }

    /// <summary>Removes the timestamp that Aspire puts before each line.</summary>
    private static string WithoutTime(string line) =>
        line.IndexOf(' ') is var space and > 0 && DateTimeOffset.TryParse(line[..space], CultureInfo.InvariantCulture, out _)
            ? line[(space + 1)..].Trim()
            : line.Trim();
}
