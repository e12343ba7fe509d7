using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.LoadBalancer.Observing.Tracing;

/// <summary>
/// Decides for each request whether it is traced, before anything is made for it. In the place of ASP.NET Core, which makes an activity for each
/// as soon as anybody listens, sampled or not: of all that tracing costs, this was by far the most. A request that is not traced still tells the
/// backend so, or the backend might begin a trace of its own.
/// </summary>
/// <remarks>
/// First in the pipeline and not an async method: what becomes of <see cref="Activity.Current"/> in here reaches the server, which measures the
/// request's duration when all is over and takes its trace for an exemplar. The server begins the next request without it.
/// </remarks>
internal sealed class RequestTracing(RequestDelegate next, SamplingRule rule, IRandomSource random)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>() is not null)
        {
            // Made by ASP.NET Core, which logs this request and does so within a span of its own.
            context.Response.OnCompleted(static state => CompleteAsync((HttpContext)state), context);
            return next(context);
        }

        if (TraceParent.TryRead(context.Request.Headers, out var parent))
            Continue(context, parent);
        else
            Begin(context);
        return next(context);
    }

    private void Continue(HttpContext context, ActivityContext parent)
    {
        if (rule.Samples(parent))
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

    private void Begin(HttpContext context)
    {
        Span<byte> ids = stackalloc byte[TraceParent.IdBytes];
        random.Fill(ids);
        var headers = context.Request.Headers;

        // Without a trace that is valid its state is of no use (W3C Trace Context, section 4.3).
        if (headers.TraceState.Count > 0)
            headers.Remove("tracestate");
        if (rule.Samples(ids[..16]))
            ServerSpan.Begin(context, new(ActivityTraceId.CreateFromBytes(ids[..16]), default, ActivityTraceFlags.Recorded));
        else
            headers.TraceParent = TraceParent.Unrecorded(ids);
    }

    private static Task CompleteAsync(HttpContext context)
    {
        ServerSpan.Complete(context);
        return Task.CompletedTask;
    }

    /// <summary>Puts it before whatever ASP.NET Core itself puts first, as it does in development.</summary>
    internal sealed class First(IConfiguration configuration, IRandomSource random) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            var rule = SamplingRule.From(configuration);
            app.Use(pipeline => new RequestTracing(pipeline, rule, random).InvokeAsync);
            next(app);
        };
    }
}
