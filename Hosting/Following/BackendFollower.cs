using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace AspireLB.Hosting.Following;

/// <summary>
/// Keeps a running balancer's backends in step with the processes that exist. On every change it compares the two and corrects the differences,
/// so the order of notifications does not matter, nor whether one was missed.
/// </summary>
internal sealed partial class BackendFollower(LoadBalancerResource balancer, AdminClient admin, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Backends drained because their process is stopping. A backend that a person drained is not among them and stays drained.
    private readonly HashSet<(string Cluster, string Name)> _drained = [];
    private DateTime? _balancerStart;

    public async Task RunAsync(ResourceNotificationService notifications, CancellationToken stopping)
    {
        try
        {
            // Neither task ends by itself, and each needs the other.
            await await Task.WhenAny(WatchAsync(notifications, stopping), FollowAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Log.Ended(logger, exception, balancer.Name);
        }
    }

    private async Task WatchAsync(ResourceNotificationService notifications, CancellationToken stopping)
    {
        await foreach (var change in notifications.WatchAsync(stopping))
            balancer.Board.Take(change);
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (true)
        {
            var news = balancer.Board.Changed;
            if (await TryFollowAsync(isLong: pause == LongestPause, stopping))
            {
                pause = FirstPause;
                await news.WaitAsync(stopping);
            }
            else
            {
                await PauseAsync(pause, news, stopping);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    // A change ends the pause early: the balancer may have been restarted.
    private async Task PauseAsync(TimeSpan pause, Task news, CancellationToken stopping)
    {
        try
        {
            await news.WaitAsync(pause, time, stopping);
        }
        catch (TimeoutException)
        {
        }
    }

    // Just after its start the balancer does not respond yet, so only a failure that persists is logged as a warning.
    private async Task<bool> TryFollowAsync(bool isLong, CancellationToken stopping)
    {
        if (balancer.Board.BalancerStart is not { } start)
            return true; // the balancer gets all its backends when it starts

        try
        {
            return await FollowOnceAsync(start, stopping);
        }
        catch (Exception exception) when (IsFailure(exception) && !stopping.IsCancellationRequested)
        {
            Log.NotTold(logger, isLong ? LogLevel.Warning : LogLevel.Debug, balancer.Name, exception.Message);
            return false;
        }
    }

    /// <summary>Compares once and corrects the differences.</summary>
    /// <returns>Whether the balancer accepted every change.</returns>
    internal async Task<bool> FollowOnceAsync(DateTime start, CancellationToken stopping)
    {
        if (_balancerStart != start)
            _drained.Clear(); // a new process, in which nothing has been drained yet
        _balancerStart = start;
        var shown = await admin.ListAsync(stopping);
        var isDone = true;
        foreach (var (cluster, backend) in balancer.Clusters.Backends)
        {
            foreach (var instance in balancer.Board.InstancesOf(backend))
                isDone &= await TryFollowAsync(cluster.Id, instance, shown, stopping);
        }

        return isDone;
    }

    // If the balancer refuses a change to one backend, the others are still updated.
    private async Task<bool> TryFollowAsync(string cluster, BackendInstance instance, IReadOnlyList<ShownBackend> shown, CancellationToken stopping)
    {
        try
        {
            await FollowAsync(cluster, instance, shown.FirstOrDefault(candidate => candidate.Is(cluster, instance.Name)), stopping);
            return true;
        }
        catch (HttpRequestException exception) when (exception.StatusCode is not null)
        {
            Log.Refused(logger, balancer.Name, instance.Name, exception.Message);
            return false;
        }
    }

    private Task FollowAsync(string cluster, BackendInstance instance, ShownBackend? shown, CancellationToken stopping) => instance.Phase switch
    {
        BackendPhase.Running => AppearAsync(cluster, instance, shown, stopping),
        BackendPhase.Stopping => DrainAsync(cluster, instance, shown, stopping),
        _ => DisappearAsync(cluster, instance, shown, stopping),
    };

    private async Task AppearAsync(string cluster, BackendInstance instance, ShownBackend? shown, CancellationToken stopping)
    {
        var wasDrained = _drained.Contains((cluster, instance.Name));
        if (shown is not null && instance.OwnAddress is { } address && !IsSame(shown.Address, address))
        {
            await admin.RemoveAsync(cluster, instance.Name, stopping);
            shown = null;
            wasDrained = false;
        }

        if (shown is null && instance.OwnAddress is { } own)
        {
            await admin.AddAsync(cluster, instance.Name, own, instance.Backend.Weight, stopping);
            Log.Added(logger, instance.Name, own, cluster);
        }
        else if (wasDrained && shown?.State == ShownBackend.Draining)
        {
            await admin.EnableAsync(cluster, instance.Name, stopping);
        }

        // Remove it last, so that a failed call is retried.
        _drained.Remove((cluster, instance.Name));
    }

    private async Task DrainAsync(string cluster, BackendInstance instance, ShownBackend? shown, CancellationToken stopping)
    {
        if (shown is null || shown.State is ShownBackend.Draining or ShownBackend.Disabled)
            return;

        // Add it first: the balancer may drain the backend even if its response is lost.
        _drained.Add((cluster, instance.Name));
        await admin.DrainAsync(cluster, instance.Name, stopping);
    }

    // If the address stays the same, leave the backend to the balancer's probes: the process will return at that address.
    private async Task DisappearAsync(string cluster, BackendInstance instance, ShownBackend? shown, CancellationToken stopping)
    {
        if (shown is null || !instance.Backend.HasOwnAddress)
            return;

        await admin.RemoveAsync(cluster, instance.Name, stopping);
        _drained.Remove((cluster, instance.Name));
        Log.Removed(logger, instance.Name, cluster);
    }

    private static bool IsFailure(Exception exception) =>
        exception is HttpRequestException or TaskCanceledException or JsonException or InvalidOperationException;

    private static bool IsSame(string shown, string own) =>
        Uri.TryCreate(shown, UriKind.Absolute, out var left) && Uri.TryCreate(own, UriKind.Absolute, out var right) && left == right;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Backend {Backend} at {Address} added to {Cluster}", EventName = "BackendAdded")]
        public static partial void Added(ILogger logger, string backend, string address, string cluster);

        [LoggerMessage(2, LogLevel.Information, "Backend {Backend} removed from {Cluster}", EventName = "BackendRemoved")]
        public static partial void Removed(ILogger logger, string backend, string cluster);

        [LoggerMessage(EventId = 3, EventName = "BalancerNotTold", Message = "{Balancer} can't be told of its backends: {Reason}")]
        public static partial void NotTold(ILogger logger, LogLevel level, string balancer, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Balancer} refuses a change of {Backend}: {Reason}", EventName = "ChangeRefused")]
        public static partial void Refused(ILogger logger, string balancer, string backend, string reason);

        [LoggerMessage(5, LogLevel.Error, "{Balancer} is no longer told of its backends", EventName = "FollowingEnded")]
        public static partial void Ended(ILogger logger, Exception exception, string balancer);
    }
}
