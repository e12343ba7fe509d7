namespace AspireLB.AppHost.Embedded.Running;

/// <summary>One resource from its start to its stop: waits for what it depends on, and starts it again when it ends by itself.</summary>
internal sealed class ResourceRun(IResource resource, ResourceStart start, LaunchThread thread, HealthWaiter health, ConsoleLog log, TimeProvider time)
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HealthPatience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _supervision = Task.CompletedTask;

    public IResource Resource { get; } = resource;

    /// <summary>Completes when the resource has passed its health checks for the first time.</summary>
    public Task Healthy => _healthy.Task;

    /// <summary>
    /// Starts the resource when <paramref name="dependencies"/> are healthy, and again whenever it ends. After <paramref name="quit"/> nothing starts,
    /// and what runs goes on until <see cref="StopAsync"/>; <paramref name="atOnce"/> kills instead of asking.
    /// </summary>
    /// <returns>Completes when the resource has ended for good; fails with <see cref="PrerequisiteException"/> where it cannot run as it is configured.</returns>
    public Task SuperviseAsync(IReadOnlyList<ResourceRun> dependencies, CancellationToken quit, CancellationToken atOnce) =>
        _supervision = LoopAsync(dependencies, quit, atOnce);

    /// <summary>Tells the resource that it is its turn to stop, and waits until it has.</summary>
    public async Task StopAsync()
    {
        _turn.TrySetResult();
        await _supervision.ContinueWith(_ => { }, TaskScheduler.Default); // How it failed is told by whoever watches the supervision.
    }

    private async Task LoopAsync(IReadOnlyList<ResourceRun> dependencies, CancellationToken quit, CancellationToken atOnce)
    {
        try
        {
            await Task.WhenAll(dependencies.Select(dependency => dependency.Healthy)).WaitAsync(quit);
            for (var ends = 0; ; )
            {
                var began = time.GetTimestamp();
                var exitCode = await RunOnceAsync(ends > 0, quit, atOnce);
                if (quit.IsCancellationRequested)
                    return;
                if (!Healthy.IsCompleted && ExitStatus.Hopeless(exitCode) is { } reason)
                    throw new PrerequisiteException($"{Resource.Name} ended with exit code {exitCode}, {reason}.");

                ends = BackOff.Count(ends, time.GetElapsedTime(began));
                var delay = BackOff.Delay(ends);
                log.Say($"{Resource.Name} ended with {ExitStatus.Describe(exitCode)}; starting it again in {delay.TotalSeconds:0.#} s");
                await Task.Delay(delay, time, quit);
            }
        }
        catch (OperationCanceledException) when (quit.IsCancellationRequested)
        {
            // Stopped while waiting.
        }
    }

    private async Task<int> RunOnceAsync(bool again, CancellationToken quit, CancellationToken atOnce)
    {
        if (again)
            await start.RemoveAsync();
        var child = await ChildProcess.StartAsync(thread, start.Command, line => log.Write(Resource.Name, line), time);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(quit);
        var watch = WatchHealthAsync(again, running.Token);

        await Task.WhenAny(child.Ended, _turn.Task);
        if (!child.Ended.IsCompleted)
            await EndAsync(child, atOnce);
        var exitCode = await child.Ended;
        if (quit.IsCancellationRequested)
            await start.RemoveAsync();
        await running.CancelAsync();
        await watch;
        return exitCode;
    }

    private async Task EndAsync(ChildProcess child, CancellationToken atOnce)
    {
        if (!atOnce.IsCancellationRequested)
        {
            child.Terminate();
            var enough = Task.Delay(StopGrace, time, atOnce);
            if (await Task.WhenAny(child.Ended, enough) != enough)
                return;
            if (!atOnce.IsCancellationRequested)
                log.Say($"{Resource.Name} has not stopped within {StopGrace.TotalSeconds:0} s: killing it");
        }
        child.Kill();
    }

    private async Task WatchHealthAsync(bool again, CancellationToken running)
    {
        try
        {
            await health.WaitAsync(Resource.Description.HealthChecks, HealthPatience, problem => log.Say($"still waiting for {Resource.Name}: {problem}"), running);
            if (again)
                log.Say($"{Resource.Name} is back");
            _healthy.TrySetResult();
        }
        catch (OperationCanceledException)
        {
            // Ended before it was healthy, or told to stop.
        }
    }
}
