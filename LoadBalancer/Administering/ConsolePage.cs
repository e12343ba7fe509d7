using System.IO.Hashing;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Serves the live console from files of <c>wwwroot</c> embedded in the program, so that it works wherever the program runs. The files contain
/// no secrets and need no token; the data they show comes from the API, which does.
/// </summary>
internal static class ConsolePage
{
    private const string Folder = "wwwroot/";

    // Scripts and styles load only from files, and the page connects only to this listener.
    private const string Policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapConsole(this WebApplication app)
    {
        var assembly = typeof(ConsolePage).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            var name = resource.Replace('\\', '/');
            if (!name.StartsWith(Folder, StringComparison.Ordinal))
                continue;
            var path = name == Folder + "index.html" ? "/" : "/console/" + name[Folder.Length..];
            Map(app, path, TypeOf(name), Read(assembly, resource));
        }
    }

    private static void Map(WebApplication app, string path, string type, byte[] content)
    {
        // Only distinguishes versions. A cryptographic hash would load OpenSSL into a process that may not need it otherwise: 5 MB.
        var tag = $"\"{Convert.ToHexStringLower(XxHash128.Hash(content))}\"";
        app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => ServeAsync(context, type, tag, content))
            .WithMetadata(new AllowAnonymousAttribute())
            .ExcludeFromDescription()
            .DisableHttpMetrics();
    }

    private static Task ServeAsync(HttpContext context, string type, string tag, byte[] content)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = type;
        response.ContentLength = content.Length;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(content).AsTask();
    }

    private static byte[] Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
