using System.Net;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>Calls of every kind, valid and invalid. <c>server-1</c> is never changed, so that a backend is always available.</summary>
/// <param name="admin">A client of the admin listener.</param>
/// <param name="server">Address of server-1.</param>
internal sealed class RandomCalls(HttpClient admin, string server)
{
    private static readonly string[] Methods = ["GET", "PUT", "DELETE", "POST", "PATCH", "OPTIONS"];
    private static readonly string[] Paths =
    [
        "/api/backends",
        "/api/clusters/backends",
        "/api/routes",
        "/api/routes/backends",
        "/api/config",
        "/api/config/pending",
        "/api/history",
        "/openapi/v1.json",
        "/metrics",
        "/health",
    ];
    private static readonly string[] Ends = ["confirm", "rollback"];
    private static readonly string[] Policies = ["RoundRobin", "LeastRequests", "Random", "Fastest"];

    private string _etag = "\"none\"";

    public async Task<HttpStatusCode> SendAsync(Random random, CancellationToken cancellationToken)
    {
        var (method, path, body) = Next(random);
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (random.Next(4) == 0)
            request.Headers.TryAddWithoutValidation("If-Match", _etag);
        using var response = await admin.SendAsync(request, cancellationToken);
        _etag = response.Headers.ETag?.ToString() ?? _etag;
        if ((int)response.StatusCode >= 400)
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return response.StatusCode;
    }

    private (string Method, string Path, string? Body) Next(Random random)
    {
        var backend = $"server-{random.Next(2, 6)}";
        return random.Next(20) switch
        {
            < 4 => ("GET", One(Paths), null),
            4 => ("GET", $"/api/explain?path={Uri.EscapeDataString(Junk(random))}", null),
            5 => ("GET", $"/api/explain?path=/{random.Next()}&method={One(Methods)}&header=A:b", null),
            6 => ("POST", $"/api/backends/backends/{backend}/drain", null),
            7 or 8 => ("POST", $"/api/backends/backends/{backend}/enable", null),
            9 => ("PATCH", $"/api/backends/backends/{backend}", $$"""{"weight":{{random.Next(-2, 1010)}}}"""),
            10 => ("PATCH", $"/api/backends/backends/{backend}", Junk(random)),
            11 => (
                "PATCH",
                "/api/backends",
                $$"""{"select":[{"cluster":"*","name":"{{backend}}"}],"state":"{{(random.Next(2) == 0 ? "disabled" : "active")}}"}"""),
            12 => ("POST", "/api/backends/backends", $$"""{"name":"{{backend}}","address":"http://127.0.0.1:1","weight":1}"""),
            13 => ("DELETE", $"/api/backends/{(random.Next(4) > 0 ? "backends" : "none")}/server-{random.Next(4, 6)}", null),
            14 => ("POST", "/api/config/validate", random.Next(2) == 0 ? Junk(random) : Document()),
            15 or 16 => ("PUT", $"/api/config?confirmWithin=00:00:0{random.Next(3)}&maxErrorRate=1", random.Next(4) == 0 ? Junk(random) : Document()),
            17 => ("POST", $"/api/config/{One(Ends)}", null),
            18 => (random.Next(2) == 0 ? "DELETE" : "PATCH", "/api/config", null),
            _ => (One(Methods), "/" + Uri.EscapeDataString(Junk(random)), Junk(random)),
        };

        string One(string[] of) => random.GetItems(of, 1)[0];
        string Document() =>
            $$$"""{"Backends":[{"Name":"server-1","Address":"{{{server}}}"},"""
            + $$$"""{"Name":"server-{{{random.Next(2, 4)}}}","Address":"{{{server}}}"}],"LoadBalancer":{"Policy":"{{{One(Policies)}}}"}}""";
    }

    private static string Junk(Random random)
    {
        const string Letters = "{}[]\":,0123456789abc/\\?%&=é\u0001 ";
        return new([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Letters[random.Next(Letters.Length)])]);
    }
}
