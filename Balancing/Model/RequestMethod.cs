using System.Diagnostics;

namespace AspireLB.Balancing.Model;

/// <summary>
/// RequestMethod knows the methods that telemetry tells apart. All others share one name, since clients could otherwise create any number of series.
/// </summary>
internal static class RequestMethod
{
    /// <summary>The name for all other methods.</summary>
    public const string Other = "_OTHER";

    private static readonly HashSet<string> Known =
    [
        HttpMethods.Connect, HttpMethods.Delete, HttpMethods.Get, HttpMethods.Head, HttpMethods.Options, HttpMethods.Patch, HttpMethods.Post,
        HttpMethods.Put, HttpMethods.Trace,
    ];

    public static bool IsKnown(string method) => Known.Contains(method);

    /// <summary>Sets the method's attributes on a span.</summary>
    public static void Describe(Activity span, string method)
    {
        span.SetTag("http.request.method", IsKnown(method) ? method : Other);
        if (!IsKnown(method))
            span.SetTag("http.request.method_original", method);
    }
}
