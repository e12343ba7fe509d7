using System.Runtime.InteropServices;

namespace AspireLB.Load;

/// <summary>Declares the system calls of the generator, which has one thread, one epoll and no allocations while it runs.</summary>
internal static unsafe partial class Libc
{
    public const int Inet = 2, StreamNonBlocking = 1 | 0x800 | 0x80000, Tcp = 6, NoDelay = 1, SocketLevel = 1, ReuseAddress = 2;
    public const int NoSignal = 0x4000, Monotonic = 1, TimerNonBlocking = 0x800;
    public const int EpollAdd = 1, EpollModify = 3;
    public const uint Readable = 1, Writable = 4, Broken = 8;
    public const int TryAgain = 11, InProgress = 115;

    [LibraryImport("libc")] public static partial int close(int fd);
    [LibraryImport("libc")] public static partial int epoll_create1(int flags);
    [LibraryImport("libc")] public static partial int epoll_ctl(int epoll, int operation, int fd, byte* change);
    [LibraryImport("libc", SetLastError = true)] public static partial int epoll_wait(int epoll, byte* events, int capacity, int milliseconds);
    [LibraryImport("libc", SetLastError = true)] public static partial int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)] public static partial int connect(int fd, byte* address, int length);
    [LibraryImport("libc", SetLastError = true)] public static partial int bind(int fd, byte* address, int length);
    [LibraryImport("libc", SetLastError = true)] public static partial int listen(int fd, int backlog);
    [LibraryImport("libc", SetLastError = true)] public static partial int accept4(int fd, byte* address, int* length, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial nint recv(int fd, byte* buffer, nint length, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial nint send(int fd, byte* buffer, nint length, int flags);
    [LibraryImport("libc")] public static partial int setsockopt(int fd, int level, int name, int* value, int length);
    [LibraryImport("libc")] public static partial int timerfd_create(int clock, int flags);
    [LibraryImport("libc")] public static partial int timerfd_settime(int fd, int flags, long* value, long* previous);
    [LibraryImport("libc")] public static partial nint read(int fd, byte* buffer, nint length);

    /// <summary>A struct sockaddr_in for a loopback port.</summary>
    public static void LoopbackAddress(byte* address, int port)
    {
        new Span<byte>(address, 16).Clear();
        *(ushort*)address = Inet;
        address[2] = (byte)(port >> 8);
        address[3] = (byte)port;
        address[4] = 127;
        address[7] = 1;
    }

    public static void SetOption(int fd, int level, int name)
    {
        var on = 1;
        _ = setsockopt(fd, level, name, &on, sizeof(int));
    }
}
