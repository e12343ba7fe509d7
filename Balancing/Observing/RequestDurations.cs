using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// RequestDurations measures how long requests take, by OpenTelemetry's conventions
/// (https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration). ASP.NET Core measures the same at a higher
/// cost: it allocates each request's <c>Items</c> and builds the tags anew. Without a listener a request costs the check of a flag.
/// </summary>
internal sealed class RequestDurations
{
    private static readonly InstrumentDefinition Instrument =
        new("http.server.request.duration", InstrumentKind.Histogram, "s", "Duration of HTTP server requests.");

    private readonly BatchedHistogram _durations;
    private readonly RequestTags _tags = new();
    private readonly TimeProvider _time;

    public RequestDurations(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(TelemetryNames.Source);
        _durations = new(meter, Instrument.CreateHistogram(meter, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10));
        _time = time;
    }

    /// <summary>Begins a request's measurement. The server ends it, once the status is final.</summary>
    public void Begin(HttpContext context)
    {
        if (_durations.Enabled)
            context.Response.OnCompleted(static request => ((Request)request).EndAsync(), Request.Begin(this, context, _time.GetTimestamp()));
    }

    private void Record(HttpContext context, long began) => _durations.Record(_time.GetElapsedTime(began).TotalSeconds, _tags.For(context));

    /// <summary>Request is the state of one measurement. The thread on which requests end reuses the objects.</summary>
    private sealed class Request
    {
        private const int MostSpare = 256;

        [ThreadStatic]
        private static Stack<Request>? _spare;

        private RequestDurations? _durations;
        private HttpContext? _context;
        private long _began;

        public static Request Begin(RequestDurations durations, HttpContext context, long now)
        {
            if (_spare is null || !_spare.TryPop(out var request))
                request = new();
            request._durations = durations;
            request._context = context;
            request._began = now;
            return request;
        }

        public Task EndAsync()
        {
            _durations!.Record(_context!, _began);
            _durations = null;
            _context = null;
            if ((_spare ??= new(MostSpare)).Count < MostSpare)
                _spare.Push(this);
            return Task.CompletedTask;
        }
    }
}
