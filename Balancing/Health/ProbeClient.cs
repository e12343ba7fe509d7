using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>ProbeResult is the result of one probe; <paramref name="Reason"/> tells in a few words why it failed.</summary>
internal readonly record struct ProbeResult(bool Succeeded, string Reason)
{
    /// <summary>A status from 200 to 399 is a success.</summary>
    public static ProbeResult From(int status) => new(status is >= 200 and < 400, $"status {status}");
}

/// <summary>
/// ProbeClient sends each probe on a new connection, apart from proxied traffic: requests can't starve a probe, and every probe tests that the
/// backend accepts connections.
/// </summary>
internal sealed class ProbeClient(Func<HttpMessageHandler> handler, TimeProvider time, PlainProbe? plain = null) : IDisposable
{
    // For TLS and HTTP/2; created when one of them is used.
    private readonly Lazy<HttpMessageInvoker> _client = new(() => new(handler()));

    /// <summary>
    /// Probes once. A status is judged by <see cref="ProbeResult.From"/>; anything else, even an exception, is a failure with its reason.
    /// </summary>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<ProbeResult> ProbeAsync(Backend backend, ActiveHealthOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var target = ProbeTarget.From(backend, options);
            return plain?.AddressOf(target) is { } address
                ? await plain.ProbeAsync(target, address, linked.Token)
                : await SendAsync(target, linked.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return new(false, $"no response within {options.Timeout.TotalSeconds:0.###} s");
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
