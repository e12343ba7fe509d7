using System.Diagnostics;
using AspireLB.Balancing.Model;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// RequestTracing decides for each request whether it is traced, before anything is allocated for it. It replaces ASP.NET Core's tracing, which
/// creates an activity for every request once there is a listener, sampled or not; this was by far the largest cost of tracing. The backend is
/// told of a request that is not traced, or it might start a trace of its own.
/// </summary>
internal sealed class RequestTracing(IConfiguration configuration, IRandomSource random)
{
    private readonly SamplingRule _rule = SamplingRule.From(configuration);

    /// <summary>Begins a request. If it is traced, its span is <see cref="Activity.Current"/> from here on, for the caller too.</summary>
    public void Begin(HttpContext context)
    {
        if (Activity.Current is not null)
        {
            // ASP.NET Core has created a span because it logs this request; complete that one.
            context.Response.OnCompleted(static state => CompleteAsync((HttpContext)state), context);
        }
        else if (TraceParent.TryRead(context.Request.Headers, out var parent))
        {
            Continue(context, parent);
        }
        else
        {
            BeginTrace(context);
        }
    }

    private void Continue(HttpContext context, ActivityContext parent)
    {
        if (_rule.IsSampled(parent))
        {
            ServerSpan.Begin(context, parent);
        }
        else if (parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
        {
            Span<byte> spanId = stackalloc byte[8];
            random.Fill(spanId);
            context.Request.Headers.TraceParent = TraceParent.Unrecorded(parent.TraceId, spanId);
        }
    }

    /// <summary>The trace context that backends get for a request that is not traced, unless its client sent one. A new one for each call.</summary>
    public UnrecordedTrace UnrecordedTraceOf(HttpContext context)
    {
        if (Activity.Current is not null || context.Request.Headers.TraceParent.Count > 0)
            return default;

        Span<byte> number = stackalloc byte[sizeof(ulong)];
        random.Fill(number);
        return new(_rule.NumberNotSampled(BitConverter.ToUInt64(number)));
    }

    private void BeginTrace(HttpContext context)
    {
        // An invalid traceparent must not pass, and tracestate is useless without a trace (W3C Trace Context, section 4.3).
        var headers = context.Request.Headers;
        if (headers.TraceParent.Count > 0)
            headers.Remove(HeaderNames.TraceParent);
        if (headers.TraceState.Count > 0)
            headers.Remove(HeaderNames.TraceState);

        Span<byte> traceId = stackalloc byte[16];
        random.Fill(traceId);
        if (_rule.IsSampled(traceId))
            ServerSpan.Begin(context, new(ActivityTraceId.CreateFromBytes(traceId), default, ActivityTraceFlags.Recorded));
    }

    private static Task CompleteAsync(HttpContext context)
    {
        ServerSpan.Complete(context);
        return Task.CompletedTask;
    }
}
