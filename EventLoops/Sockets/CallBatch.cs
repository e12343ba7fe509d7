namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// CallBatch makes many receives and sends in one system call, through io_uring, so that the fixed cost of a system call is paid once for all of
/// them. No call blocks: one that would block returns that error at once, as the plain system call does. Use it only on the thread that created it.
/// </summary>
/// <remarks>
/// The layout of the rings is that of <c>linux/io_uring.h</c>. io_uring is not available before Linux 6.1, or where <c>kernel.io_uring_disabled</c>
/// or a system call filter, such as Docker's default one, forbids it. The event loop then makes each call by itself.
/// </remarks>
internal sealed unsafe class CallBatch : IDisposable
{
    /// <summary>The most calls in one batch.</summary>
    public const int Capacity = 64;

    /// <summary>Result of a call that was not made.</summary>
    public const int NotMade = int.MinValue;

    private readonly int _ring;
    private readonly byte* _queues;
    private readonly nuint _queuesLength;
    private readonly Native.RingEntry* _entries;
    private readonly uint* _tail;
    private readonly uint* _head;
    private readonly uint _mask;
    private readonly uint* _doneHead;
    private readonly uint* _doneTail;
    private readonly uint _doneMask;
    private readonly Native.RingResult* _done;
    private readonly int[] _results = new int[Capacity];
    private bool _isBroken;

    private CallBatch(int ring, in Native.RingParameters parameters, byte* queues, nuint queuesLength, Native.RingEntry* entries)
    {
        _ring = ring;
        _queues = queues;
        _queuesLength = queuesLength;
        _entries = entries;
        var calls = parameters.Calls;
        _head = (uint*)(queues + calls.Head);
        _tail = (uint*)(queues + calls.Tail);
        _mask = *(uint*)(queues + calls.Mask);
        var results = parameters.Results;
        _doneHead = (uint*)(queues + results.Head);
        _doneTail = (uint*)(queues + results.Tail);
        _doneMask = *(uint*)(queues + results.Mask);
        _done = (Native.RingResult*)(queues + results.Entries);

        // The n-th call of a round is always the n-th entry.
        var order = (uint*)(queues + calls.Order);
        for (var i = 0u; i <= _mask; i++)
            order[i] = i;
    }

    /// <summary>Number of calls added since the last run.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the batch can make calls; false once the kernel has refused one.</summary>
    public bool IsUsable => !_isBroken;

    /// <summary>Creates a batch; null if the system has no io_uring to offer.</summary>
    public static CallBatch? TryCreate()
    {
        var parameters = new Native.RingParameters { Flags = Native.RingFlags };
        var ring = Native.CreateRing(Capacity, &parameters);
        if (ring < 0)
            return null;

        var calls = parameters.Calls;
        var results = parameters.Results;
        var length = Math.Max(
            calls.Order + (parameters.CallCount * sizeof(uint)), results.Entries + (parameters.ResultCount * (uint)sizeof(Native.RingResult)));
        var queues = Native.Map(ring, Native.RingQueues, length);
        var entriesLength = parameters.CallCount * (nuint)sizeof(Native.RingEntry);
        var entries = Native.Map(ring, Native.RingEntries, entriesLength);
        if (queues is not null && entries is not null)
            return new(ring, parameters, queues, length, (Native.RingEntry*)entries);

        if (queues is not null)
            Native.Unmap(queues, length);
        Native.Close(ring);
        return null;
    }

    /// <summary>Adds a receive of the bytes that have arrived. The memory must be pinned and stay allocated until the batch has run.</summary>
    public void AddReceive(int socket, byte* buffer, int length) => Add(Native.RingReceive, socket, buffer, length);

    /// <summary>Adds a send of as many bytes as the socket has room for. The memory must be pinned and not change until the batch has run.</summary>
    public void AddSend(int socket, byte* bytes, int length) => Add(Native.RingSend, socket, bytes, length);

    /// <summary>
    /// Makes the calls. Returns one result for each, in the order in which they were added: the call's own result, the negated error number, or
    /// <see cref="NotMade"/>. The next run overwrites the results.
    /// </summary>
    public ReadOnlySpan<int> Run()
    {
        var results = _results.AsSpan(0, Count);
        results.Fill(NotMade);
        var left = Count;
        Count = 0;
        while (left > 0)
        {
            var waiting = *_tail - Volatile.Read(ref *_head);
            var entered = Native.EnterRing(_ring, waiting, (uint)left);
            left -= TakeResults();
            if (entered >= 0 || entered == -Native.Interrupted)
                continue;

            // Take back the calls that the kernel has not begun. Those it has begun are complete, since none can block.
            Volatile.Write(ref *_tail, Volatile.Read(ref *_head));
            _isBroken = true;
            break;
        }

        return results;
    }

    public void Dispose()
    {
        Native.Unmap(_queues, _queuesLength);
        Native.Unmap((byte*)_entries, (_mask + 1) * (nuint)sizeof(Native.RingEntry));
        Native.Close(_ring);
    }

    private void Add(byte operation, int socket, byte* bytes, int length)
    {
        var tail = *_tail;
        ref var entry = ref _entries[tail & _mask];
        entry.Operation = operation;
        entry.File = socket;
        entry.Address = (ulong)bytes;
        entry.Length = (uint)length;
        entry.Flags = Native.DontWait | Native.NoSignal;
        entry.Data = (ulong)Count++;
        Volatile.Write(ref *_tail, tail + 1);
    }

    private int TakeResults()
    {
        var head = *_doneHead;
        var tail = Volatile.Read(ref *_doneTail);
        for (var i = head; i != tail; i++)
        {
            ref var done = ref _done[i & _doneMask];
            _results[(int)done.Data] = done.Value;
        }

        Volatile.Write(ref *_doneHead, tail);
        return (int)(tail - head);
    }
}
