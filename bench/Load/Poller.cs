using System.Runtime.InteropServices;

namespace AspireLB.Load;

/// <summary>Wraps a level-triggered epoll; a token identifies the descriptor of an event.</summary>
internal sealed unsafe class Poller
{
    private const int Capacity = 512;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Size = DataOffset + 8;

    private readonly int _epoll = Libc.epoll_create1(0);
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(Capacity * 16));
    private readonly byte* _change = (byte*)NativeMemory.AllocZeroed(16);

    public void Add(int fd, int token, uint events) => Control(Libc.EpollAdd, fd, token, events);

    public void Modify(int fd, int token, uint events) => Control(Libc.EpollModify, fd, token, events);

    public int Wait(int milliseconds) => Math.Max(0, Libc.epoll_wait(_epoll, _events, Capacity, milliseconds));

    public int Token(int index) => (int)*(long*)(_events + (index * Size) + DataOffset);

    public uint Events(int index) => *(uint*)(_events + (index * Size));

    private void Control(int operation, int fd, int token, uint events)
    {
        *(uint*)_change = events;
        *(long*)(_change + DataOffset) = token;
        _ = Libc.epoll_ctl(_epoll, operation, fd, _change);
    }
}
