using System.IO.Hashing;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// The live console: files of <c>wwwroot</c> that the program carries within itself, so that they are there wherever and however it runs.
/// They hold nothing secret and are given to everybody; what they show comes from the API, which asks for the token.
/// </summary>
internal static class ConsolePage
{
    private const string Folder = "wwwroot/";

    // Scripts and styles come from files only, and the page talks to nobody but this listener.
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
        // Tells versions apart, no more. A cryptographic hash would bring OpenSSL into a process that may have no other use for it: 5 MB.
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
