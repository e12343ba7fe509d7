namespace AspireLB.EventLoops.Listening;

/// <content>The reader's part in parking a connection.</content>
internal sealed partial class EventLoopReader
{
    private bool _wasActive;

    /// <summary>Whether something was sent after the latest bytes were received and read.</summary>
    public bool HasResponded { get; set; }

    /// <summary>Returns whether something was received since the previous call.</summary>
    public bool TakeActivity()
    {
        var wasActive = _wasActive;
        _wasActive = false;
        return wasActive;
    }

    /// <summary>
    /// Completes a read that waits between two requests with the end of the input. Kestrel then disposes the connection, and its socket is parked.
    /// Call only on the loop's thread.
    /// </summary>
    /// <returns>False if no read waits, or the read may be waiting for something other than the next request.</returns>
    public bool TryEndIdle(EventLoopConnection connection)
    {
        if (!socket.TryStopWaitingForInput())
            return false;

        // This method now owns the waiting read, so the state checked below cannot change.
        if (_buffer.Length > 0 || AbortedBy is not null || _token.CanBeCanceled || IsReadCancelled || !connection.IsBetweenRequests)
        {
            OnReady();
            return false;
        }

        connection.BeginParking();
        _isEnded = true;
        _source.SetResult(Result(isCancelled: false));
        return true;
    }

    private bool IsReadCancelled => Volatile.Read(ref _isCancelled) != 0 || _token.IsCancellationRequested;

    private void MarkReceived()
    {
        _wasActive = true;
        HasResponded = false;
    }
}
