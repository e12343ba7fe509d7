namespace AspireLB.LoadBalancer.Tests.EndToEnd.Console;

/// <summary>A slow stream of requests for the duration of a test.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;

    private Traffic(HttpClient client, string[] paths) => _sending = SendAsync(client, paths);

    public static Traffic Start(HttpClient client, params string[] paths) => new(client, paths);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _stop.Dispose();
    }

    private async Task SendAsync(HttpClient client, string[] paths)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            for (var i = 0; await timer.WaitForNextTickAsync(_stop.Token); i++)
            {
                using var response = await client.GetAsync(paths[i % paths.Length], _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
