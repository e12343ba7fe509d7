namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Finds out how to start each resource, or fails with <see cref="PrerequisiteException"/>.</summary>
internal delegate Task<IReadOnlyDictionary<IResource, ResourceStart>> Prepare(IReadOnlyList<IResource> resources, CancellationToken cancellation);

/// <summary>All resources from the first start to the last stop.</summary>
internal sealed class ApplicationRun(IReadOnlyList<IResource> resources, Prepare prepare, LaunchThread thread, ConsoleLog log, TimeProvider time)
{
    /// <summary>Runs until <paramref name="stop"/>, which stops everything in reverse order; <paramref name="atOnce"/> kills everything.</summary>
    /// <returns>The host's exit code: 0 after a stop that was asked for, 2 where something is missing or set wrongly.</returns>
    public async Task<int> RunAsync(CancellationToken stop, CancellationToken atOnce)
    {
        var order = StopOrder.Of(resources);
        IReadOnlyDictionary<IResource, ResourceStart> starts;
        try
        {
            starts = await prepare(resources, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (PrerequisiteException problem)
        {
            log.Fail(problem.Message);
            return ExitStatus.BadConfiguration;
        }

        using var health = new HealthWaiter(time);
        var runs = resources.ToDictionary(resource => resource, resource => new ResourceRun(resource, starts[resource], thread, health, log, time));
        return await RunAllAsync(runs, order, stop, atOnce);
    }

    private async Task<int> RunAllAsync(
        Dictionary<IResource, ResourceRun> runs, IReadOnlyList<IReadOnlyList<IResource>> order, CancellationToken stop, CancellationToken atOnce)
    {
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var supervisions = runs.Values
            .Select(run => run.SuperviseAsync([.. run.Resource.Description.WaitsFor.Select(other => runs[other])], quit.Token, atOnce))
            .ToList();
        var firstEnd = Task.WhenAny(supervisions);
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, stop);

        var allHealthy = Task.WhenAll(runs.Values.Select(run => run.Healthy));
        if (await Task.WhenAny(allHealthy, firstEnd, stopped) == allHealthy)
        {
            foreach (var line in Addresses.List(resources))
                log.Say(line);
            await Task.WhenAny(firstEnd, stopped);
        }

        // Supervisions end by themselves only where one has failed.
        var failure = stop.IsCancellationRequested ? null : (await firstEnd).Exception?.InnerException;
        log.Say("stopping");
        await quit.CancelAsync();
        foreach (var group in order)
            await Task.WhenAll(group.Select(resource => runs[resource].StopAsync()));
        log.Say("everything has stopped");

        if (failure is null)
            return 0;
        log.Fail(failure.Message);
        return failure is PrerequisiteException ? ExitStatus.BadConfiguration : 1;
    }
}
