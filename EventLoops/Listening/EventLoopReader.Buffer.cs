using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <content>The reader's buffer and the receives into it.</content>
internal sealed partial class EventLoopReader
{
    /// <summary>Enough for the heads of most requests. A receive that fills its buffer suggests a body, so the next buffer is larger.</summary>
    private const int FirstBytes = Buffers.Small;
    private const int MoreBytes = Buffers.Large;

    /// <summary>Receives into the buffer.</summary>
    /// <returns>0 if there is something new to read (bytes or the end of the stream); otherwise an error number.</returns>
    private int Receive()
    {
        int received;
        if (_buffer.Length == 0 && socket.TryTakeAhead(out var ahead))
        {
            _buffer = ahead.Array!;
            received = ahead.Count;
        }
        else
        {
            MakeRoom();
            received = socket.Receive(_buffer.AsSpan(_end));
        }

        var room = _buffer.Length - _end;
        if (received < 0 || (received == 0 && AbortedBy is not null))
        {
            if (_start == _end)
                ReturnBuffer();
            return received < 0 ? -received : Native.ConnectionAborted;
        }

        _expectsMore = received == room;
        _isEnded = received == 0;
        MarkReceived();
        _end += received;
        return 0;
    }

    private void MakeRoom()
    {
        if (_buffer.Length == 0)
        {
            _buffer = Buffers.Rent(_expectsMore ? MoreBytes : FirstBytes);
            return;
        }

        if (_end < _buffer.Length)
            return;

        var unread = _end - _start;
        var larger = Buffers.Rent(Math.Max(unread * 2, FirstBytes));
        _buffer.AsSpan(_start, unread).CopyTo(larger);
        Buffers.Return(_buffer);
        _buffer = larger;
        _start = 0;
        _examined = _end = unread;
    }

    private void ReturnBuffer()
    {
        Buffers.Return(_buffer);
        _buffer = [];
        _start = _examined = _end = 0;
    }
}
