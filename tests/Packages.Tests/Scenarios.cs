namespace AspireLB.Packages.Tests;

/// <summary>Checks what the samples must do, whether they are built in the repository or from packages.</summary>
internal static class Scenarios
{
    /// <summary>Backends share the requests. While one backend fails, all requests succeed at the other.</summary>
    public static async Task EmbedAsync(string program, CancellationToken cancellationToken)
    {
        await using var first = await NamedBackend.StartAsync("first", cancellationToken);
        await using var second = await NamedBackend.StartAsync("second", cancellationToken);
        await using var gateway = await RunningProgram.StartAsync(
            program, cancellationToken,
            "--ReverseProxy:Clusters:api:Destinations:api-1:Address", first.Url,
            "--ReverseProxy:Clusters:api:Destinations:api-2:Address", second.Url);

        Assert.Equal(["first", "second", "first", "second"], await GetAsync(gateway.Client, 4, cancellationToken));
        Assert.Equal("a gateway with endpoints of its own", await gateway.Client.GetStringAsync("/about", cancellationToken));
        var before = first.Answered;
        first.Fails = true;
        Assert.All(await GetAsync(gateway.Client, 20, cancellationToken), answer => Assert.Equal("second", answer));

        // Three failures in a row eject the backend, and each is retried until then. Without ejection it would receive ten requests.
        Assert.InRange(first.Answered - before, 3, 6);
    }

    /// <summary>A tenant keeps its backend; many tenants use both backends.</summary>
    public static async Task OwnPolicyAsync(string program, CancellationToken cancellationToken)
    {
        await using var first = await NamedBackend.StartAsync("first", cancellationToken);
        await using var second = await NamedBackend.StartAsync("second", cancellationToken);
        await using var gateway = await RunningProgram.StartAsync(program, cancellationToken, "--Backends", $"{first.Url},{second.Url}");

        var answers = new HashSet<string>();
        foreach (var tenant in Enumerable.Range(1, 20).Select(number => $"tenant-{number}"))
            answers.Add(Assert.Single((await GetAsync(gateway.Client, 5, cancellationToken, tenant)).Distinct()));
        Assert.Equal(["first", "second"], answers.Order());
    }

    private static async Task<string[]> GetAsync(HttpClient client, int count, CancellationToken cancellationToken, string? tenant = null)
    {
        var answers = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            if (tenant is not null)
                request.Headers.Add("X-Tenant", tenant);
            using var response = await client.SendAsync(request, cancellationToken);
            Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
            answers[i] = await response.Content.ReadAsStringAsync(cancellationToken);
        }

        return answers;
    }
}
