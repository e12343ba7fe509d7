using System.Threading.Channels;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

/// <summary>HeldBackend is a backend that holds its responses until the test releases them.</summary>
internal sealed class HeldBackend : IAsyncDisposable
{
    private readonly Channel<string> _heads = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<string> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    public HeldBackend() => Server = new(ServeAsync);

    public ScriptedBackend Server { get; }

    /// <summary>Number of requests received.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Completes when the balancer closes a connection whose request has no response yet.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Responds to all waiting and future requests with 200 and this body.</summary>
    public void Respond(string body) => Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    public void Send(string response) => _response.TrySetResult(response);

    /// <summary>Waits for a request and returns its head.</summary>
    public Task<string> RequestAsync(CancellationToken cancellationToken) => _heads.Reader.ReadAsync(cancellationToken).AsTask();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task ServeAsync(ScriptedConnection connection)
    {
        while (await connection.ReadHeadAsync() is { } head)
        {
            Interlocked.Increment(ref _requests);
            _heads.Writer.TryWrite(head);
            var closing = connection.WaitForCloseAsync();
            if (await Task.WhenAny(_response.Task, closing) == closing)
            {
                _closed.TrySetResult();
                return;
            }

            var response = await _response.Task;
            if (response.Length == 0)
            {
                connection.Reset();
                return;
            }

            await connection.SendAsync(response);
            return;
        }
    }
}
