using System.Diagnostics;
using AspireLB.Balancing.Model;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// Decides for each request whether it is traced, before anything is made for it. In the place of ASP.NET Core, which makes an activity for each
/// as soon as anybody listens, sampled or not: of all that tracing costs, this was by far the most. A request that is not traced still tells the
/// backend so, or the backend might begin a trace of its own.
/// </summary>
internal sealed class RequestTracing(IConfiguration configuration, IRandomSource random)
{
    private readonly SamplingRule _rule = SamplingRule.From(configuration);

    /// <summary>A request begins. Where it is traced its span is <see cref="Activity.Current"/> from here on, for the caller too.</summary>
    public void Begin(HttpContext context)
    {
        if (Activity.Current is not null)
        {
            // Made by ASP.NET Core, which logs this request and does so within a span of its own.
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

    /// <summary>What backends are told of a request that is not traced, unless its client says it already. Made anew each time.</summary>
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
        // What is not valid must not pass, and without a trace its state is of no use (W3C Trace Context, section 4.3).
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
