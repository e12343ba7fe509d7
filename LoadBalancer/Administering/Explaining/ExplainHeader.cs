using System.Security.Cryptography;
using System.Text;
using AspireLB.LoadBalancer.Forwarding;
using AspireLB.LoadBalancer.Observing;
using AspireLB.LoadBalancer.Retrying;

namespace AspireLB.LoadBalancer.Administering.Explaining;

/// <summary>
/// Tells a client that knows the token what became of its request: route, cluster, and each attempt, in a header of the response. In the
/// pipeline only where <c>Admin:ExplainToken</c> is set; the backend sees neither header nor token.
/// </summary>
internal sealed class ExplainHeader(RequestDelegate next, string token, TimeProvider time)
{
    public const string Name = "X-AspireLB-Explain";

    private readonly byte[] _expected = Hash(token);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Headers.Remove(Name, out var given) && CryptographicOperations.FixedTimeEquals(Hash(given.ToString()), _expected))
            context.Response.OnStarting(Explain, context);
        return next(context);
    }

    private Task Explain(object state)
    {
        var context = (HttpContext)state;
        var route = context.GetReverseProxyFeature().Route.Config;
        context.Response.Headers[Name] = $"route={Plain(route.RouteId)}; cluster={Plain(route.ClusterId)}; attempts={Attempts(context)}";
        return Task.CompletedTask;
    }

    private string Attempts(HttpContext context)
    {
        if (context.Features.Get<IAttemptFeature>() is not RequestAttempts { Count: > 0 } attempts)
            return "none";

        // The response that starts is that of the last attempt, whose end is still to come.
        var traces = attempts.Traces(time.GetTimestamp()).ToList();
        return string.Join(", ", traces.Index().Select(trace =>
            Plain(trace.Item.Backend) + (trace.Index < attempts.Count - 1 || attempts.Result.Failure != AttemptFailure.None ? " " + OutcomeName.Of(trace.Item.Result) : "")));
    }

    // Names come from configuration, which may hold what a header must not.
    private static string Plain(string? name) => new([.. (name ?? "").Select(character => character is > ' ' and < (char)0x7f and not (',' or ';') ? character : '_')]);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
