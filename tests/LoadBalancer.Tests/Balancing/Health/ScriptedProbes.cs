using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>Backends as probes see them, without sockets: each host answers what it was told to, 200 at first.</summary>
internal sealed class ScriptedProbes : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<HttpResponseMessage>>> _answers = new();
    private readonly ConcurrentQueue<HttpRequestMessage> _requests = new();
    private readonly Channel<string> _arrivals = Channel.CreateUnbounded<string>();

    public IReadOnlyCollection<HttpRequestMessage> Requests => _requests;

    public int CountOf(string host) => _requests.Count(request => request.RequestUri!.Host == host);

    public void Answer(string host, HttpStatusCode status) => Answer(host, _ => Task.FromResult(new HttpResponseMessage(status)));

    public void Throw(string host, Exception exception) => Answer(host, _ => Task.FromException<HttpResponseMessage>(exception));

    public void NeverAnswer(string host) => Answer(host, async cancelled =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancelled);
        throw new InvalidOperationException("not reached");
    });

    public void Answer(string host, Func<CancellationToken, Task<HttpResponseMessage>> answer) => _answers[host] = answer;

    /// <summary>Waits for the next probe and gives the host it went to.</summary>
    public Task<string> NextAsync(CancellationToken cancellationToken) =>
        _arrivals.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request);
        _arrivals.Writer.TryWrite(request.RequestUri!.Host);
        return _answers.TryGetValue(request.RequestUri.Host, out var answer) ? answer(cancellationToken) : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
    }
}
