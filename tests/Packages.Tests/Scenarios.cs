namespace AspireLB.Packages.Tests;

/// <summary>What the samples must do, whether they are built in the repository or from packages.</summary>
internal static class Scenarios
{
    /// <summary>Requests are shared, and while one backend fails they all succeed at the other.</summary>
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

        // Three failures in a row eject it; until then each was retried. Without an ejection it would have been asked ten times.
        Assert.InRange(first.Answered - before, 3, 6);
    }

    /// <summary>A tenant stays at its backend; many tenants use both.</summary>
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
