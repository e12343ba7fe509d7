using System.Threading.Channels;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

/// <summary>A backend that answers a request when the test says so.</summary>
internal sealed class HeldBackend : IAsyncDisposable
{
    private readonly Channel<string> _heads = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    public HeldBackend() => Server = new(ServeAsync);

    public ScriptedBackend Server { get; }

    /// <summary>Requests received.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Ends when the balancer closes a connection whose request has no answer yet.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Answers all requests with 200 and this body, those that wait and those to come.</summary>
    public void Answer(string body) => Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    public void Send(string response) => _answer.TrySetResult(response);

    /// <summary>Waits for a request and gives its head.</summary>
    public Task<string> RequestAsync(CancellationToken cancellationToken) => _heads.Reader.ReadAsync(cancellationToken).AsTask();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task ServeAsync(ScriptedConnection connection)
    {
        while (await connection.ReadHeadAsync() is { } head)
        {
            Interlocked.Increment(ref _requests);
            _heads.Writer.TryWrite(head);
            var closing = connection.WaitForCloseAsync();
            if (await Task.WhenAny(_answer.Task, closing) == closing)
            {
                _closed.TrySetResult();
                return;
            }

            var answer = await _answer.Task;
            if (answer.Length == 0)
            {
                connection.Reset();
                return;
            }

            await connection.SendAsync(answer);
            return;
        }
    }
}
