using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>ScriptedProbes is a set of probed backends without sockets. Each host responds as scripted, at first with 200.</summary>
internal sealed class ScriptedProbes : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<HttpResponseMessage>>> _responses = new();
    private readonly ConcurrentQueue<HttpRequestMessage> _requests = new();
    private readonly Channel<string> _arrivals = Channel.CreateUnbounded<string>();

    public IReadOnlyCollection<HttpRequestMessage> Requests => _requests;

    public int CountOf(string host) => _requests.Count(request => request.RequestUri!.Host == host);

    public void Respond(string host, HttpStatusCode status) => Respond(host, _ => Task.FromResult(new HttpResponseMessage(status)));

    public void Throw(string host, Exception exception) => Respond(host, _ => Task.FromException<HttpResponseMessage>(exception));

    public void NeverRespond(string host) => Respond(host, async cancelled =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancelled);
        throw new InvalidOperationException("not reached");
    });

    public void Respond(string host, Func<CancellationToken, Task<HttpResponseMessage>> response) => _responses[host] = response;

    /// <summary>Waits for the next probe and returns its host.</summary>
    public Task<string> NextAsync(CancellationToken cancellationToken) =>
        _arrivals.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request);
        _arrivals.Writer.TryWrite(request.RequestUri!.Host);
        return _responses.TryGetValue(request.RequestUri.Host, out var response)
            ? response(cancellationToken)
            : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
    }
}
