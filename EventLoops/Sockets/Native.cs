using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AspireLB.EventLoops.Sockets;

/// <summary>Native declares the Linux system calls that the event loops make. The constants are those of x64 and arm64.</summary>
internal static unsafe partial class Native
{
    public const int WouldBlock = 11;
    public const int Interrupted = 4;
    public const int InProgress = 115;
    public const int BadHandle = 9;
    public const int TooManyFiles = 24;
    public const int ConnectionAborted = 103;

    public const int DontWait = 0x40;
    public const int NoSignal = 0x4000;

    public const uint ReadReady = 0x001;
    public const uint WriteReady = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint PeerEnded = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int StreamSocket = 1;
    private const int PeekOnly = 0x02;
    private const int AddToSet = 1;

    /// <summary>Size of the kernel's <c>struct epoll_event</c>, which only x64 packs.</summary>
    public static int EventSize { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    public static int EventDataOffset { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>Receives without blocking.</summary>
    /// <returns>What <c>recv</c> returns, or the negated error number.</returns>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            nint result;
            do
                result = recv(socket, bytes, (nuint)buffer.Length, DontWait);
            while (result < 0 && Marshal.GetLastSystemError() == Interrupted);
            return result < 0 ? -Marshal.GetLastSystemError() : (int)result;
        }
    }

    /// <summary>Checks for input without taking it.</summary>
    /// <returns>1 if there is a byte to receive, 0 at the end of the stream, or the negated error number.</returns>
    public static int Peek(int socket)
    {
        byte first;
        return recv(socket, &first, 1, DontWait | PeekOnly) is var result and >= 0 ? (int)result : -Marshal.GetLastSystemError();
    }

    public static int Send(int socket, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            nint result;
            do
                result = send(socket, bytes, (nuint)buffer.Length, DontWait | NoSignal);
            while (result < 0 && Marshal.GetLastSystemError() == Interrupted);
            return result < 0 ? -Marshal.GetLastSystemError() : (int)result;
        }
    }

    public static int CreateEventSet() => Check(epoll_create1(CloseOnExec), "epoll_create1");

    public static int CreateWaker() => Check(eventfd(0, CloseOnExec | NonBlocking), "eventfd");

    public static void Wake(int waker)
    {
        var one = 1UL;
        _ = write(waker, &one, sizeof(ulong));
    }

    public static void ClearWaker(int waker)
    {
        ulong count;
        _ = read(waker, &count, sizeof(ulong));
    }

    /// <summary>Adds a file to an event set.</summary>
    /// <returns>False if the system's limits do not allow it.</returns>
    public static bool TryWatch(int set, int file, uint events, ulong data)
    {
        var entry = stackalloc byte[EventSize];
        *(uint*)entry = events;
        *(ulong*)(entry + EventDataOffset) = data;
        return epoll_ctl(set, AddToSet, file, entry) == 0;
    }

    /// <summary>Waits for events.</summary>
    /// <returns>The number of events; 0 also when interrupted.</returns>
    public static int Wait(int set, byte* events, int count, int timeoutMilliseconds)
    {
        var ready = epoll_wait(set, events, count, timeoutMilliseconds);
        return ready >= 0 ? ready : Marshal.GetLastSystemError() == Interrupted ? 0 : Check(ready, "epoll_wait");
    }

    /// <summary>Accepts a connection and writes its peer's address into <paramref name="address"/>.</summary>
    /// <returns>The connection's file descriptor, or the negated error number.</returns>
    public static int Accept(int listener, Span<byte> address, out int addressLength)
    {
        var length = address.Length;
        fixed (byte* bytes = address)
        {
            var result = accept4(listener, bytes, &length, CloseOnExec | NonBlocking);
            addressLength = length;
            return result < 0 ? -Marshal.GetLastSystemError() : result;
        }
    }

    /// <summary>Creates a non-blocking stream socket.</summary>
    /// <returns>Its file descriptor, or the negated error number.</returns>
    public static int CreateStreamSocket(AddressFamily family)
    {
        var number = family switch { AddressFamily.Unix => 1, AddressFamily.InterNetwork => 2, _ => 10 };
        var result = socket(number, StreamSocket | CloseOnExec | NonBlocking, 0);
        return result < 0 ? -Marshal.GetLastSystemError() : result;
    }

    /// <summary>Begins to connect.</summary>
    /// <returns>0, or the negated error number: <see cref="InProgress"/> while the connection is being made.</returns>
    public static int Connect(int socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address)
            return connect(socket, bytes, (uint)address.Length) < 0 ? -Marshal.GetLastSystemError() : 0;
    }

    public static void SetNoDelay(int socket)
    {
        const int tcp = 6;
        const int noDelay = 1;
        var on = 1;
        _ = setsockopt(socket, tcp, noDelay, &on, sizeof(int));
    }

    /// <summary>The error with which a pending connect ended; 0 for success.</summary>
    public static int PendingError(int socket)
    {
        const int level = 1;
        const int error = 4;
        var value = 0;
        uint length = sizeof(int);
        return getsockopt(socket, level, error, &value, &length) < 0 ? Marshal.GetLastSystemError() : value;
    }

    /// <summary>Number of file descriptors that the process may have open.</summary>
    public static long FileLimit()
    {
        const int openFiles = 7;
        var limits = stackalloc ulong[2];
        return getrlimit(openFiles, limits) < 0 ? long.MaxValue : (long)Math.Min(limits[0], long.MaxValue);
    }

    public static void Shutdown(int socket) => _ = shutdown(socket, 2);

    public static void Close(int file) => _ = close(file);

    public static int LocalAddress(int socket, Span<byte> address)
    {
        var length = address.Length;
        fixed (byte* bytes = address)
            return getsockname(socket, bytes, &length) < 0 ? 0 : length;
    }

    private static int Check(int result, string call) =>
        result >= 0
            ? result
            : throw new SocketException(Marshal.GetLastSystemError(), $"{call} failed with error {Marshal.GetLastSystemError()}.");

    [LibraryImport("libc")]
    private static partial nint recv(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial nint send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    private static partial int epoll_ctl(int set, int operation, int file, byte* entry);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int set, byte* events, int count, int timeout);

    [LibraryImport("libc")]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    private static partial nint read(int file, void* buffer, nuint length);

    [LibraryImport("libc")]
    private static partial nint write(int file, void* buffer, nuint length);

    [LibraryImport("libc")]
    private static partial int accept4(int socket, byte* address, int* length, int flags);

    [LibraryImport("libc")]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    private static partial int connect(int socket, byte* address, uint length);

    [LibraryImport("libc")]
    private static partial int getsockopt(int socket, int level, int option, void* value, uint* length);

    [LibraryImport("libc")]
    private static partial int setsockopt(int socket, int level, int option, void* value, uint length);

    [LibraryImport("libc")]
    private static partial int getsockname(int socket, byte* address, int* length);

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc")]
    private static partial int shutdown(int socket, int how);

    [LibraryImport("libc")]
    private static partial int close(int file);
}
