using System.Collections.Concurrent;
using System.Globalization;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Soak;

/// <summary>Clients that send requests with ids and check that each response belongs to its request.</summary>
internal sealed class CheckingClients
{
    private const string Variable = "ASPIRELB_SOAK_CLIENTS";

    // This many clients send without pauses; by default a few, since other tests run in parallel.
    private static readonly int? AtFullLoad =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var clients) ? clients : null;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client;
    private readonly Task _running;
    private long _ids;
    private long _right;
    private long _refused;
    private long _brokenOff;

    public CheckingClients(Uri balancer)
    {
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = balancer, Timeout = TimeSpan.FromSeconds(30) };
        _running = Task.WhenAll(Enumerable.Range(0, AtFullLoad ?? 12).Select(_ => Task.Run(SendAsync)));
    }

    /// <summary>Complete responses that belonged to their request.</summary>
    public long Right => Interlocked.Read(ref _right);

    /// <summary>Responses that belonged to another request, or to none.</summary>
    public ConcurrentQueue<string> Mismatches { get; } = new();

    public string Figures => string.Create(
        CultureInfo.InvariantCulture, $"{Right} right, {_refused} answered 502, 503 or 504, {_brokenOff} broken off, {Mismatches.Count} mixed up");

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await AskAsync(Interlocked.Increment(ref _ids));
            if (AtFullLoad is null)
                await Task.Delay(Pause);
        }
    }

    private async Task AskAsync(long number)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"id-{number:x}");
        using var request = new HttpRequestMessage(number % 3 == 0 ? HttpMethod.Post : HttpMethod.Get, "/" + id);
        request.Headers.Add("X-Id", id);
        if (number % 3 == 0)
            request.Content = new ByteArrayContent(new byte[number % 2 == 0 ? 100 : 150_000]);
        try
        {
            using var response = await _client.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode is 502 or 503 or 504)
                Interlocked.Increment(ref _refused);
            else if (response.Headers.TryGetValues("X-Id", out var ids) && ids.Single() == id && body == UnrulyBackend.BodyOf(id, body.Length))
                Interlocked.Increment(ref _right);
            else
                Mismatches.Enqueue($"{id}: {(int)response.StatusCode}, {response.Headers}, {body.Length} bytes: {body[..Math.Min(80, body.Length)]}");
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            Interlocked.Increment(ref _brokenOff);
        }
    }
}
