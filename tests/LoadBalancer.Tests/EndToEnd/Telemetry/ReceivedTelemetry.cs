using AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>One export request: its path, protocol and headers.</summary>
internal sealed class ReceivedExport(HttpRequest request)
{
    public string Path { get; } = request.Path;
    public string Protocol { get; } = request.Protocol;
    public string? ContentType { get; } = request.ContentType;
    public Dictionary<string, string> Headers { get; } = request.Headers.ToDictionary(
        h => h.Key,
        h => h.Value.ToString(),
        StringComparer.OrdinalIgnoreCase);
}

/// <summary>The telemetry received so far, and a way to wait for more.</summary>
internal sealed class ReceivedTelemetry
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<ReceivedExport> _exports = [];
    private readonly List<ReceivedSpan> _spans = [];
    private readonly Dictionary<string, ReceivedPoint> _points = [];
    private readonly List<ReceivedLog> _logs = [];
    private TaskCompletionSource _arrival = NewArrival();
    private Exception? _invalid;

    public IReadOnlyList<ReceivedExport> Exports => Copy(_exports);
    public IReadOnlyList<ReceivedSpan> Spans => Copy(_spans);
    public IReadOnlyList<ReceivedLog> Logs => Copy(_logs);

    /// <summary>The latest point of each time series: metrics are exported as cumulative totals.</summary>
    public IReadOnlyList<ReceivedPoint> Points => Copy(_points.Values);

    /// <summary>The first value that is not null, evaluated again after each arrival.</summary>
    public async Task<T> UntilAsync<T>(Func<ReceivedTelemetry, T?> find, string what, CancellationToken cancel) where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        while (true)
        {
            Task arrival;
            lock (_lock)
            {
                arrival = _arrival.Task;
                if (_invalid is not null)
                    throw new InvalidDataException("What arrived is not valid OTLP.", _invalid);
            }

            if (find(this) is { } found)
                return found;

            try
            {
                await arrival.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                object[] received = [.. Spans, .. Points, .. Logs];
                throw new TimeoutException($"No {what} within {Limit}. Received:{Environment.NewLine}{string.Join(Environment.NewLine, received)}");
            }
        }
    }

    public void Add(ReceivedExport export) => Add(() => _exports.Add(export));

    public void Add(ExportTraceServiceRequest request) => Add(() => _spans.AddRange(
        from resource in request.ResourceSpans
        from scope in resource.ScopeSpans
        from span in scope.Spans
        select new ReceivedSpan(new(resource.Resource.Attributes), scope.Scope.Name, span)));

    public void Add(ExportLogsServiceRequest request) => Add(() => _logs.AddRange(
        from resource in request.ResourceLogs
        from scope in resource.ScopeLogs
        from log in scope.LogRecords
        select new ReceivedLog(new(resource.Resource.Attributes), scope.Scope.Name, log)));

    public void Add(ExportMetricsServiceRequest request) => Add(() =>
    {
        var points =
            from resource in request.ResourceMetrics
            from scope in resource.ScopeMetrics
            from metric in scope.Metrics
            from point in Points(new(resource.Resource.Attributes), scope.Scope.Name, metric)
            select point;
        foreach (var point in points)
            _points[$"{point.Resource["service.instance.id"]} {point.Meter} {point.Name} {point.Tags}"] = point;

        static IEnumerable<ReceivedPoint> Points(Tags resource, string meter, Metric metric) => metric.DataCase == Metric.DataOneofCase.Histogram
            ? metric.Histogram.DataPoints.Select(
                p => new ReceivedPoint(resource, meter, metric.Name, metric.Unit, p.Sum, p.Count, new(p.Attributes), p.Exemplars))
            : (metric.Gauge ?? metric.Sum)?.DataPoints.Select(p => new ReceivedPoint(
                resource, meter, metric.Name, metric.Unit,
                p.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? p.AsInt : p.AsDouble, 1, new(p.Attributes), p.Exemplars)) ?? [];
    });

    private void Add(Action add)
    {
        TaskCompletionSource arrival;
        lock (_lock)
        {
            try
            {
                add();
            }
            catch (ArgumentException duplicateKey)
            {
                _invalid = duplicateKey;
            }

            arrival = _arrival;
            _arrival = NewArrival();
        }

        arrival.SetResult();
    }

    private T[] Copy<T>(IEnumerable<T> items)
    {
        lock (_lock)
            return [.. items];
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
