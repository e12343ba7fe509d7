using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Retrying;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.LoadBalancer.Administering.Explaining;

/// <summary>
/// Explains to a client with the token what happened to its request: route, cluster, candidate backends, why the others were left out, and each
/// attempt. The explanation goes into a response header and onto the request's span. Part of the pipeline only if <c>Admin:ExplainToken</c> is
/// set; the backend sees neither header nor token.
/// </summary>
internal sealed class ExplainHeader(RequestDelegate next, string token, Explainer explainer, ClusterRegistry registry, TimeProvider time)
{
    public const string Name = "X-AspireLB-Explain";
    public const string SpanTag = "aspirelb.explanation";

    // Keeps the header short enough for every client.
    private const int MostBackends = 20;

    private readonly byte[] _expected = Hash(token);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Headers.Remove(Name, out var given) && CryptographicOperations.FixedTimeEquals(Hash(given.ToString()), _expected))
        {
            // Record the state that the first attempt sees, not the state after the last one.
            var before = Before(context);
            context.Response.OnStarting(() => Explain(context, before));
        }

        return next(context);
    }

    private string Before(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var cluster = registry.Get(proxy.Route.Cluster!);
        var backends = explainer.Candidates(cluster);
        var leftOut = backends.Where(backend => !backend.Candidate).ToList();
        return $"route={Plain(proxy.Route.Config.RouteId)}; cluster={Plain(cluster.Id)}; policy={Plain(cluster.Options.Policy)}; candidates="
            + List(backends.Where(backend => backend.Candidate), backend => backend.Share.ToString("0.##", CultureInfo.InvariantCulture))
            + (leftOut.Count == 0 ? "" : "; left out=" + List(leftOut, backend => backend.Reason ?? ""));
    }

    private Task Explain(HttpContext context, string before)
    {
        var explanation = $"{before}; attempts={Attempts(context)}";
        context.Response.Headers[Name] = explanation;
        context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag(SpanTag, explanation);
        return Task.CompletedTask;
    }

    private string Attempts(HttpContext context)
    {
        if (context.Features.Get<IAttemptFeature>() is not RequestAttempts { Count: > 0 } attempts)
            return "none";

        // The response that is starting belongs to the last attempt, whose outcome is still open unless all attempts failed.
        var traces = attempts.Traces(time.GetTimestamp()).ToList();
        return string.Join(", ", traces.Index().Select(trace =>
        {
            var isFinished = trace.Index < attempts.Count - 1 || attempts.Result.Failure != AttemptFailure.None;
            return Plain(trace.Item.Backend) + (isFinished ? " " + OutcomeName.For(trace.Item.Result) : "");
        }));
    }

    private static string List(IEnumerable<CandidateView> backends, Func<CandidateView, string> more)
    {
        var all = backends.ToList();
        var shown = all.Take(MostBackends).Select(backend => $"{Plain(backend.Name)} {Plain(more(backend), ' ')}").ToList();
        return all.Count switch
        {
            0 => "none",
            > MostBackends => string.Join(", ", shown) + string.Create(CultureInfo.InvariantCulture, $", {all.Count - MostBackends} more"),
            _ => string.Join(", ", shown),
        };
    }

    // Names come from configuration and may contain characters that a header must not.
    private static string Plain(string? text, char alsoAllowed = '_') => new(
    [
        .. (text ?? "").Select(character =>
            character == alsoAllowed || character is > ' ' and < (char)0x7f and not (',' or ';') ? character : '_'),
    ]);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
