using System.Runtime.InteropServices;

namespace AspireLB.Load;

internal enum Progress
{
    Waiting,
    Answered,
    Failed,
}

/// <summary>One client connection with at most one request in flight.</summary>
internal sealed unsafe class Connection(int token, Options options, Poller poller, Payload payload)
{
    private const int HeadCapacity = 16 * 1024;

    private readonly byte* _head = (byte*)NativeMemory.Alloc(HeadCapacity);
    private int _fd = -1;
    private int _received;
    private long _sent;
    private long _bodyLeft;
    private bool _watchesWritable;

    public bool Connected { get; private set; }

    public bool InFlight { get; private set; }

    /// <summary>Whether the response announced that the connection closes after it.</summary>
    public bool Closes { get; private set; }

    /// <summary>When the current request was due, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
    public long Due { get; set; }

    public string Failure { get; private set; } = "";

    public void Open()
    {
        Close();
        _fd = Libc.socket(Libc.Inet, Libc.StreamNonBlocking, 0);
        Libc.SetOption(_fd, Libc.Tcp, Libc.NoDelay);
        var address = stackalloc byte[16];
        Libc.LoopbackAddress(address, options.Port);
        _ = Libc.connect(_fd, address, 16);
        _watchesWritable = true;
        poller.Add(_fd, token, Libc.Readable | Libc.Writable);
    }

    public void Close()
    {
        if (_fd >= 0)
        {
            _ = Libc.close(_fd);
            _fd = -1;
        }

        Connected = InFlight = Closes = false;
    }

    public Progress Send()
    {
        InFlight = true;
        _sent = 0;
        _received = 0;
        _bodyLeft = -1;
        return Continue();
    }

    public Progress OnEvent(uint events)
    {
        if (!Connected)
        {
            return (events & Libc.Broken) != 0 ? Fail("connection refused") : Establish();
        }

        if ((events & Libc.Writable) != 0 && InFlight && Continue() == Progress.Failed)
        {
            return Progress.Failed;
        }

        return (events & ~Libc.Writable) != 0 ? Receive() : Progress.Waiting;
    }

    private Progress Establish()
    {
        Connected = true;
        Watch(writable: false);
        return Progress.Waiting;
    }

    private Progress Continue()
    {
        while (_sent < payload.Length)
        {
            var sent = Libc.send(_fd, payload.Bytes + _sent, (nint)(payload.Length - _sent), Libc.NoSignal);
            if (sent < 0)
            {
                if (Marshal.GetLastPInvokeError() != Libc.TryAgain)
                {
                    return Fail("broken off while sending");
                }

                Watch(writable: true);
                return Progress.Waiting;
            }

            _sent += sent;
        }

        Watch(writable: false);
        return Progress.Waiting;
    }

    private void Watch(bool writable)
    {
        if (_watchesWritable != writable)
        {
            _watchesWritable = writable;
            poller.Modify(_fd, token, writable ? Libc.Readable | Libc.Writable : Libc.Readable);
        }
    }

    private Progress Receive()
    {
        var readsHead = _bodyLeft < 0;
        var received = readsHead
            ? Libc.recv(_fd, _head + _received, HeadCapacity - _received, 0)
            : Libc.recv(_fd, payload.Scratch, Payload.ScratchLength, 0);
        if (received <= 0)
        {
            return received < 0 && Marshal.GetLastPInvokeError() == Libc.TryAgain
                ? Progress.Waiting
                : Fail(InFlight ? "closed before the response was complete" : "closed while idle");
        }

        if (!InFlight)
        {
            return Fail("unexpected bytes");
        }

        return readsHead ? ReadHead((int)received) : Consume(received);
    }

    private Progress ReadHead(int received)
    {
        _received += received;
        if (!MessageHead.TryRead(new(_head, _received), out var head))
        {
            return _received == HeadCapacity ? Fail("response head over 16 KB") : Progress.Waiting;
        }

        if (head.Status != 200 || head.ContentLength != options.Expect)
        {
            return Fail($"status {head.Status} with {head.ContentLength} bytes");
        }

        Closes = head.Closes;
        _bodyLeft = head.ContentLength;
        return Consume(_received - head.Length);
    }

    private Progress Consume(long bytes)
    {
        _bodyLeft -= bytes;
        if (_bodyLeft > 0)
        {
            return Progress.Waiting;
        }

        if (_bodyLeft < 0)
        {
            return Fail("more bytes than announced");
        }

        InFlight = false;
        return _sent == payload.Length ? Progress.Answered : Fail("answered before the request was sent");
    }

    private Progress Fail(string reason)
    {
        Failure = reason;
        return Progress.Failed;
    }
}
