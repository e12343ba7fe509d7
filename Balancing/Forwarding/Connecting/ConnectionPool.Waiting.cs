namespace AspireLB.Balancing.Forwarding.Connecting;

/// <content>Limits the number of open connections, and queues the requests that wait for one.</content>
internal sealed partial class ConnectionPool
{
    private async ValueTask<BackendConnection?> WaitAsync(
        TaskCompletionSource<BackendConnection?> turn, TimeSpan timeout, CancellationToken clientGone)
    {
        using var timer = new CancellationTokenSource(timeout, _time);
        using var onTimeout = timer.Token.UnsafeRegister(static state => ((TaskCompletionSource<BackendConnection?>)state!).TrySetCanceled(), turn);
        using var onGone = clientGone.UnsafeRegister(static state => ((TaskCompletionSource<BackendConnection?>)state!).TrySetCanceled(), turn);
        await ((Task)turn.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return turn.Task.IsCompletedSuccessfully ? await turn.Task : null;
    }

    private bool TryReserve(out TaskCompletionSource<BackendConnection?> turn)
    {
        lock (_gate)
        {
            turn = null!;
            if (_maxOpen == 0 || _open < _maxOpen)
            {
                _open++;
                return true;
            }

            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return false;
        }
    }

    /// <summary>Frees the reservation of a connection. The request that has waited longest takes it over and opens a connection of its own.</summary>
    private void ReleaseReservation()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var waiter))
            {
                if (waiter.TrySetResult(null))
                    return;
            }

            _open--;
        }
    }
}
