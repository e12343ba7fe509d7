using System.Diagnostics;

namespace AspireLB.Balancing.Model;

/// <summary>Methods that telemetry tells apart. All others are one to it, or clients could make up as many series as they like.</summary>
internal static class RequestMethod
{
    /// <summary>What stands for the others.</summary>
    public const string Other = "_OTHER";

    private static readonly HashSet<string> Known =
        [HttpMethods.Connect, HttpMethods.Delete, HttpMethods.Get, HttpMethods.Head, HttpMethods.Options, HttpMethods.Patch, HttpMethods.Post, HttpMethods.Put, HttpMethods.Trace];

    public static bool IsKnown(string method) => Known.Contains(method);

    /// <summary>The method as attributes of a span.</summary>
    public static void Describe(Activity span, string method)
    {
        span.SetTag("http.request.method", IsKnown(method) ? method : Other);
        if (!IsKnown(method))
            span.SetTag("http.request.method_original", method);
    }
}
