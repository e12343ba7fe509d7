using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Commands;

/// <summary>
/// Implements <c>LoadBalancer health</c>: asks a running balancer's admin listener whether it is ready. Exit code 0 if so, otherwise 1.
/// Containers use it as their health check, since the image has no other HTTP client.
/// </summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    // The request stays on this machine, where the certificate's public name does not match.
    private static SocketsHttpHandler Handler() => new()
    {
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var configuration = new ConfigurationBuilder().AddConfiguration(ConfigurationCommands.Current()).AddCommandLine(arguments).Build();
        var admin = AdminSection.Read(configuration, []);
        var url = BindingAddresses.Split(admin.EffectiveUrls).First()
            .Replace("*", "127.0.0.1", StringComparison.Ordinal)
            .Replace("+", "127.0.0.1", StringComparison.Ordinal)
            .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
            .Replace("[::]", "[::1]", StringComparison.Ordinal);
        using var client = new HttpClient(Handler()) { Timeout = Limit };
        try
        {
            using var response = await client.GetAsync(new Uri(url.TrimEnd('/') + "/health"));
            Console.WriteLine(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine($"LoadBalancer: the admin listener at {url} does not respond: {exception.Message}");
            return 1;
        }
    }
}
