using System.Net;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Asks a resource's health checks until all of them pass.</summary>
internal sealed class HealthWaiter(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    /// <summary>Returns when every check has passed; tells <paramref name="stillWaiting"/> once, with the last answer, when that takes longer than <paramref name="patience"/>.</summary>
    public async Task WaitAsync(IReadOnlyList<HealthCheck> checks, TimeSpan patience, Action<string> stillWaiting, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var told = false;
        foreach (var check in checks)
        {
            while (await AskAsync(check, cancellation) is { } problem)
            {
                if (!told && time.GetElapsedTime(began) > patience)
                {
                    stillWaiting($"GET {check.Address} {problem}");
                    told = true;
                }
                await Task.Delay(Interval, time, cancellation);
            }
        }
    }

    public void Dispose() => _client.Dispose();

    /// <returns>Null when the check passed, else what was wrong.</returns>
    private async Task<string?> AskAsync(HealthCheck check, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, check.Address) { Version = HttpVersion.Version11 };
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (int)response.StatusCode == check.StatusCode ? null : $"answers {(int)response.StatusCode}, not {check.StatusCode}";
        }
        catch (HttpRequestException problem)
        {
            return $"fails: {problem.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"gives no answer within {Timeout.TotalSeconds:0} s";
        }
    }
}
