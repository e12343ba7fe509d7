using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;

namespace AspireLB.Hosting.Following;

/// <summary>Calls the admin API of one balancer.</summary>
internal sealed class AdminClient(LoadBalancerResource balancer)
{
    private const long LargestAnswer = 16 * 1024 * 1024;

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = LargestAnswer,
    };

    /// <summary>Lists every backend, cluster by cluster.</summary>
    /// <exception cref="HttpRequestException">The balancer does not respond, or refuses the request.</exception>
    public async Task<IReadOnlyList<ShownBackend>> ListAsync(CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Get, "", null, cancellation);
        return await response.Content.ReadFromJsonAsync<List<ShownBackend>>(cancellation) ?? [];
    }

    public Task AddAsync(string cluster, string name, string address, int weight, CancellationToken cancellation) => ChangeAsync(
        HttpMethod.Post, Path(cluster), new JsonObject { ["name"] = name, ["address"] = address, ["weight"] = weight }, cancellation);

    public Task RemoveAsync(string cluster, string name, CancellationToken cancellation) =>
        ChangeAsync(HttpMethod.Delete, Path(cluster, name), null, cancellation);

    public Task DrainAsync(string cluster, string name, CancellationToken cancellation) =>
        ChangeAsync(HttpMethod.Post, Path(cluster, name) + "/drain", null, cancellation);

    public Task EnableAsync(string cluster, string name, CancellationToken cancellation) =>
        ChangeAsync(HttpMethod.Post, Path(cluster, name) + "/enable", null, cancellation);

    public Task SetWeightAsync(string cluster, string name, int weight, CancellationToken cancellation) =>
        ChangeAsync(HttpMethod.Patch, Path(cluster, name), new JsonObject { ["weight"] = weight }, cancellation);

    private async Task ChangeAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, path, body, cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, $"{balancer.ConsoleEndpoint.Url.TrimEnd('/')}/api/backends{path}");
        request.Headers.From = "aspire@localhost"; // recorded in the balancer's history of changes
        if (balancer is { RunsAsContainer: true, AdminToken: { } token })
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token.GetValueAsync(cancellation));
        if (body is not null)
            request.Content = JsonContent.Create(body);

        var response = await Client.SendAsync(request, cancellation);
        return response.IsSuccessStatusCode ? response : throw await FailureAsync(response, cancellation);
    }

    private static async Task<HttpRequestException> FailureAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancellation);
            return new(Detail(text) ?? $"The balancer answers {(int)response.StatusCode}.", null, response.StatusCode);
        }
    }

    // Error responses are application/problem+json.
    private static string? Detail(string text)
    {
        try
        {
            return (JsonNode.Parse(text) as JsonObject)?["detail"]?.ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Path(params string[] names) => string.Concat(names.Select(name => "/" + Uri.EscapeDataString(name)));
}
