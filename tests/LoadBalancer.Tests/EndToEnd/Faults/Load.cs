using System.Collections.Concurrent;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>
/// Clients on 64 connections that send one request after another until stopped or a number is reached, and count the results.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Connections = 64;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client;
    private readonly Func<long, HttpRequestMessage> _request;
    private readonly long _most;
    private readonly TimeSpan _pause;
    private readonly Task _running;
    private long _sent;
    private long _succeeded;
    private long _failed;

    private Load(Uri url, Func<long, HttpRequestMessage> request, long most, TimeSpan pause = default)
    {
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = Connections })
        {
            BaseAddress = url,
            Timeout = TimeSpan.FromSeconds(60),
        };
        _request = request;
        _most = most;
        _pause = pause;
        _running = Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(SendAsync)));
    }

    public long Succeeded => Interlocked.Read(ref _succeeded);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Ids of the requests that succeeded.</summary>
    public ConcurrentBag<long> SucceededIds { get; } = [];

    /// <summary>The failures, one line each, at most a hundred.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>GETs of / at a balancer.</summary>
    public static Load Gets(LoadBalancerProcess balancer, long most = long.MaxValue) => new(balancer.Url, _ => new(HttpMethod.Get, "/"), most);

    /// <summary>GETs of / at a balancer, with a pause on each connection after each, which leaves the machine time to start processes.</summary>
    public static Load CalmGets(LoadBalancerProcess balancer) =>
        new(balancer.Url, _ => new(HttpMethod.Get, "/"), long.MaxValue, TimeSpan.FromMilliseconds(200));

    /// <summary>POSTs that a backend counts by id.</summary>
    public static Load Posts(LoadBalancerProcess balancer, long most = long.MaxValue) =>
        new(balancer.Url, id => new(HttpMethod.Post, $"/once/{id}") { Content = new StringContent("body of " + id) }, most);

    /// <summary>Waits until this many more requests have finished.</summary>
    public async Task MoreAsync(long requests, CancellationToken cancellationToken)
    {
        var target = Succeeded + Failed + requests;
        while (Succeeded + Failed < target && !_running.IsCompleted)
            await Task.Delay(Look, cancellationToken);
    }

    /// <summary>Lets requests in flight finish and stops.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Waits until all have been sent.</summary>
    public Task AllAsync() => _running;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        while (!_stop.IsCancellationRequested && Interlocked.Increment(ref _sent) is var id && id <= _most)
        {
            try
            {
                using var request = _request(id);
                using var response = await _client.SendAsync(request, CancellationToken.None);
                var body = await response.Content.ReadAsStringAsync(CancellationToken.None);
                if (response.IsSuccessStatusCode)
                    Succeed(id);
                else
                    Fail($"{id}: {(int)response.StatusCode} {body}");
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
            {
                Fail($"{id}: {exception.GetBaseException().Message}");
            }

            if (_pause > TimeSpan.Zero)
                await Task.Delay(_pause, CancellationToken.None);
        }
    }

    private void Succeed(long id)
    {
        SucceededIds.Add(id);
        Interlocked.Increment(ref _succeeded);
    }

    private void Fail(string what)
    {
        if (Failures.Count < 100)
            Failures.Enqueue(what);
        Interlocked.Increment(ref _failed);
    }
}
