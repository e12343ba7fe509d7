using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Routing;

namespace AspireLB.Balancing.Health;

/// <summary>PassiveHealth ejects backends whose proxied requests fail, for a time that grows with each ejection, and readmits them.</summary>
internal sealed partial class PassiveHealth(
    ClusterRegistry registry, Availability availability, SlowStart slowStart, TimeProvider time, ILogger<PassiveHealth> logger)
{
    private readonly Lock _ejecting = new();

    /// <summary>Records what an attempt shows about its backend, and ejects the backend if that is one failure too many.</summary>
    public void Observe(Cluster cluster, Backend backend, Observation observation)
    {
        var options = cluster.Options.Health.Passive;
        if (!options.Enabled)
            return;

        var detector = DetectorOf(backend, options);
        if (detector.Observe(observation) is { } reason && !backend.Health.IsEjected)
            TryEject(cluster, backend, detector, reason);
    }

    /// <summary>
    /// Records a backend's latency, or how long it had taken when the attempt stopped waiting, and ejects a backend that is too slow.
    /// </summary>
    public void ObserveLatency(Cluster cluster, Backend backend, TimeSpan latency)
    {
        var options = cluster.Options.Health.Passive;
        if (!options.Enabled || options.LatencyFactor is not { } factor)
            return;

        var detector = DetectorOf(backend, options);
        detector.Latency.Add(latency);
        if (!detector.IsTimeToCompare() || backend.Health.IsEjected || detector.Latency.Milliseconds(options.MinimumRequests) is not { } own)
            return;

        var others = LatenciesBeside(backend, cluster, options);
        if (LatencyOutlier.IsOutlier(own, others, factor))
        {
            var median = LatencyOutlier.Median(others);
            var reason = FormattableString.Invariant($"responses take {own:0} ms on average, those of the others {median:0} ms");
            TryEject(cluster, backend, detector, reason);
        }
    }

    // A method of its own, because a method with a capturing lambda allocates the closure when it starts, here for every response.
    private double[] LatenciesBeside(Backend backend, Cluster cluster, PassiveHealthOptions options) =>
    [
        .. registry.BackendsOf(cluster.State).Where(other => other != backend)
            .Select(other => DetectorOf(other, options).Latency.Milliseconds(options.MinimumRequests)).OfType<double>(),
    ];

    /// <summary>Ends an ejection early and forgets the failures, because newer evidence shows that the backend is well.</summary>
    public void Reset(Backend backend)
    {
        backend.Health.Ejection = backend.Health.Ejection.EndedAt(time.GetUtcNow());
        backend.Health.Detector?.Reset();
    }

    private OutlierDetector DetectorOf(Backend backend, PassiveHealthOptions options)
    {
        var detector = backend.Health.Detector;
        if (detector is null || !ReferenceEquals(detector.Options, options))
            backend.Health.Detector = detector = new OutlierDetector(time, options);
        return detector;
    }

    private void TryEject(Cluster cluster, Backend backend, OutlierDetector detector, string reason)
    {
        lock (_ejecting)
        {
            var backends = registry.BackendsOf(cluster.State).ToList();
            var ejected = backends.Count(other => other.Health.IsEjected);
            if (backend.Health.IsEjected || !EjectionSchedule.MayEject(backends.Count, ejected, detector.Options.MaxEjectedPercent))
                return;

            var now = time.GetUtcNow();
            var earlier = backend.Health.Ejection.CountAt(now);
            var duration = EjectionSchedule.Duration(detector.Options, earlier);
            backend.Health.Ejection = new(earlier + 1, now + duration, duration);
            backend.Health.Ejections++;
            Log.Ejected(logger, backend.Name, backend.ShownAddress, cluster.Id, duration.TotalSeconds, reason);
            _ = ReadmitAsync(backend, duration);
        }

        availability.Refresh(cluster.Id);
    }

    private async Task ReadmitAsync(Backend backend, TimeSpan duration)
    {
        var ejection = backend.Health.Ejection;
        await Task.Delay(duration, time);
        if (!ReferenceEquals(backend.Health.Ejection, ejection))
            return;

        Reset(backend);
        slowStart.Begin(backend);
        Log.TakenBack(logger, backend.Name, backend.ShownAddress, backend.ClusterId);
        availability.Refresh(backend.ClusterId);
    }

    private static partial class Log
    {
        [LoggerMessage(12, LogLevel.Warning, "Backend {Backend} ({Address}) of {Cluster} is ejected for {Seconds} s: {Reason}",
            EventName = "BackendEjected")]
        public static partial void Ejected(ILogger logger, string backend, string address, string cluster, double seconds, string reason);

        [LoggerMessage(13, LogLevel.Information, "Backend {Backend} ({Address}) of {Cluster} is no longer ejected", EventName = "BackendTakenBack")]
        public static partial void TakenBack(ILogger logger, string backend, string address, string cluster);
    }
}
