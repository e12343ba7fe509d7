using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>The result of one probe; <paramref name="Reason"/> says in a few words why it failed.</summary>
internal readonly record struct ProbeResult(bool Succeeded, string Reason)
{
    /// <summary>A status from 200 to 399 is a success.</summary>
    public static ProbeResult From(int status) => new(status is >= 200 and < 400, $"status {status}");
}

/// <summary>
/// Sends probes, each on a connection of its own and apart from proxied traffic: a probe can't be starved by requests, and it tests that the
/// backend accepts connections.
/// </summary>
internal sealed class ProbeClient(Func<HttpMessageHandler> handler, TimeProvider time, PlainProbe? plain = null) : IDisposable
{
    // For TLS and HTTP/2. Loaded where there is either.
    private readonly Lazy<HttpMessageInvoker> _client = new(() => new(handler()));

    /// <summary>Probes once. A success is what <see cref="ProbeResult.From"/> takes for one; everything else, an exception included, is a failure with its reason.</summary>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<ProbeResult> ProbeAsync(Backend backend, ActiveHealthOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var target = ProbeTarget.From(backend, options);
            return plain?.AddressOf(target) is { } address ? await plain.ProbeAsync(target, address, linked.Token) : await SendAsync(target, linked.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return new(false, $"no answer within {options.Timeout.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException exception)
        {
            return new(false, exception.InnerException?.Message ?? exception.Message);
        }
        catch (Exception exception)
        {
            return new(false, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }

    private async Task<ProbeResult> SendAsync(ProbeTarget target, CancellationToken cancellation)
    {
        using var request = ProbeRequest.Create(target);
        using var response = await _client.Value.SendAsync(request, cancellation);
        return ProbeResult.From((int)response.StatusCode);
    }
}
