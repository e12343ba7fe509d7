using System.Diagnostics.Metrics;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// Counts client requests and failures while a count is active, by listening to ASP.NET Core's own measurement of each request; otherwise
/// requests cost nothing extra. A failure is a status of 500 or above, or a request that matched no route.
/// </summary>
internal sealed class RequestTally(IMeterFactory meters)
{
    private const string Meter = "Microsoft.AspNetCore.Hosting";
    private const string Instrument = "http.server.request.duration";

    public Count Begin() => new(meters);

    internal sealed class Count : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _requests;
        private long _failures;

        public Count(IMeterFactory meters)
        {
            // The admin listener's requests use another meter factory. The balancer's own instrument of this name reports requests in batches.
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == Instrument && instrument.Meter.Name == Meter && instrument.Meter.Scope == meters)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Add(tags));
            _listener.Start();
        }

        public long Requests => Interlocked.Read(ref _requests);

        public long Failures => Interlocked.Read(ref _failures);

        public void Dispose() => _listener.Dispose();

        private void Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var (status, routed) = (0, false);
            foreach (var tag in tags)
            {
                if (tag.Key == "http.response.status_code")
                    status = tag.Value is int code ? code : 0;
                routed |= tag.Key == "http.route";
            }

            if (status >= 500 || !routed)
                Interlocked.Increment(ref _failures);
            Interlocked.Increment(ref _requests);
        }
    }
}
