using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Health;

/// <summary>The result of one probe; <paramref name="Reason"/> says in a few words why it failed.</summary>
internal readonly record struct ProbeResult(bool Succeeded, string Reason);

/// <summary>
/// Sends probes, each on a connection of its own and apart from proxied traffic: a probe can't be starved by requests, and it tests that the
/// backend accepts connections.
/// </summary>
internal sealed class ProbeClient(HttpMessageHandler handler, TimeProvider time) : IDisposable
{
    private readonly HttpMessageInvoker _client = new(handler);

    /// <summary>Probes once. A status from 200 to 399 is a success; everything else, an exception included, is a failure with its reason.</summary>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<ProbeResult> ProbeAsync(Backend backend, ActiveHealthOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = ProbeRequest.Create(backend, options);
            using var response = await _client.SendAsync(request, linked.Token);
            var status = (int)response.StatusCode;
            return new(status is >= 200 and < 400, $"status {status}");
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

    public void Dispose() => _client.Dispose();
}
