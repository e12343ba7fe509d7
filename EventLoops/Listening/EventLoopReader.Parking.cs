namespace AspireLB.EventLoops.Listening;

/// <content>What parking asks of a reader.</content>
internal sealed partial class EventLoopReader
{
    private bool _wasActive;

    /// <summary>Whether something was sent after whatever was received and read last.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Whether something was received since the last time this was asked.</summary>
    public bool TakeActivity()
    {
        var wasActive = _wasActive;
        _wasActive = false;
        return wasActive;
    }

    /// <summary>
    /// Has a read that waits between two requests find the end of the input, so that Kestrel lets go of the connection, which is then parked. Only on the
    /// loop's thread. False where no read waits, or it may wait for something else.
    /// </summary>
    public bool TryEndIdle(EventLoopConnection connection)
    {
        if (!socket.TryStopWaitingForInput())
            return false;

        // From here on nobody else ends the read, and what is seen of the connection holds.
        if (_buffer.Length > 0 || AbortedBy is not null || _token.CanBeCanceled || EndsWhenIdle || !connection.IsBetweenRequests)
        {
            OnReady();
            return false;
        }

        connection.BeginParking();
        _isEnded = true;
        _source.SetResult(Result(isCancelled: false));
        return true;
    }

    private bool EndsWhenIdle => Volatile.Read(ref _isCancelled) != 0 || _token.IsCancellationRequested;

    private void MarkReceived()
    {
        _wasActive = true;
        IsAnswered = false;
    }
}
