using System.Diagnostics.Metrics;
using AspireLB.ServiceDefaults;

namespace AspireLB.LoadBalancer.Observing.Measuring;

/// <summary>
/// <c>http.server.request.duration</c> as ASP.NET Core measures it, recorded in batches: an instrument of the same name stands in for ASP.NET Core's,
/// which both exports leave out (<see cref="OpenTelemetryExtensions.LeftOut"/>).
/// </summary>
internal sealed class RequestDurations : IHostedService, IDisposable
{
    // Sets of tags that are kept: by method, status, protocol and route there are few. What has others is recorded at once.
    private const int MostKnown = 16;

    private readonly Meter _meter = new(OpenTelemetryExtensions.HostingMeter);
    private readonly MeterListener _listener = new();
    private readonly Lock _learning = new();
    private readonly BatchedHistogram _durations;
    private KeyValuePair<string, object?>[][] _known = [];
    private int _begun;

    public RequestDurations(IMeterFactory meters)
    {
        _durations = new(_meter, _meter.CreateHistogram(OpenTelemetryExtensions.RequestDuration, "s", "Duration of HTTP server requests.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        }));
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Meter.Name == OpenTelemetryExtensions.HostingMeter && instrument.Name == OpenTelemetryExtensions.RequestDuration)
                listener.EnableMeasurementEvents(instrument, this);
        };
        _listener.SetMeasurementEventCallback<double>(static (_, seconds, tags, durations) => ((RequestDurations)durations!).Record(seconds, tags));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_durations.Enabled)
            Begin();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Somebody wants to know: from now on ASP.NET Core measures each request.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
            _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Record(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(tags) is { } known)
            _durations.Record(seconds, known);
        else
            _durations.RecordNow(seconds, tags);
    }

    private KeyValuePair<string, object?>[]? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var known = Volatile.Read(ref _known);
        foreach (var candidate in known)
        {
            if (IsSame(candidate, tags))
                return candidate;
        }

        return known.Length < MostKnown ? Learn(tags) : null;
    }

    private KeyValuePair<string, object?>[] Learn(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        KeyValuePair<string, object?>[] added = [.. tags];
        lock (_learning)
            Volatile.Write(ref _known, [.. _known, added]);
        return added;
    }

    /// <summary>The very same objects, as constants and the framework's own strings are; whether they are equal is left to the SDK.</summary>
    private static bool IsSame(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (known.Length != tags.Length)
            return false;
        for (var i = tags.Length - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(known[i].Value, tags[i].Value) || !ReferenceEquals(known[i].Key, tags[i].Key))
                return false;
        }

        return true;
    }
}
