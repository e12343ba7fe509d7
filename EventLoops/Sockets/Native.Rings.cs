using System.Runtime.InteropServices;

namespace AspireLB.EventLoops.Sockets;

/// <content>The system calls of io_uring (<c>linux/io_uring.h</c>), for which the C library has no functions.</content>
internal static unsafe partial class Native
{
    public const byte RingSend = 26;
    public const byte RingReceive = 27;

    /// <summary>
    /// The kernel makes the remaining calls after one fails, only one thread submits calls, and the kernel finishes deferred work when that thread
    /// asks for results.
    /// </summary>
    public const uint RingFlags = SubmitAll | SingleIssuer | DeferTaskRun;

    public const long RingQueues = 0;
    public const long RingEntries = 0x10000000;

    private const uint SubmitAll = 1 << 7;
    private const uint SingleIssuer = 1 << 12;
    private const uint DeferTaskRun = 1 << 13;
    private const uint OneMapping = 1;
    private const nint SetUpRing = 425;
    private const nint Enter = 426;
    private const uint GetResults = 1;

    /// <summary>Creates a ring.</summary>
    /// <returns>The ring's file descriptor, which is closed on exec, or the negated error number.</returns>
    public static int CreateRing(uint calls, RingParameters* parameters)
    {
        var ring = syscall(SetUpRing, (nint)calls, (nint)parameters, 0, 0, 0, 0);
        if (ring < 0)
            return -Marshal.GetLastSystemError();
        if ((parameters->Features & OneMapping) != 0)
            return (int)ring;

        Close((int)ring);
        return -BadHandle;
    }

    /// <summary>Makes the queued calls, and returns once the given number of results is available.</summary>
    /// <returns>The number of calls begun, or the negated error number.</returns>
    public static int EnterRing(int ring, uint calls, uint results)
    {
        var begun = syscall(Enter, ring, (nint)calls, (nint)results, (nint)GetResults, 0, 0);
        return begun < 0 ? -Marshal.GetLastSystemError() : (int)begun;
    }

    /// <summary>Maps a part of the ring into memory; null if that fails.</summary>
    public static byte* Map(int file, long offset, nuint length)
    {
        const int readAndWrite = 1 | 2;
        const int sharedAndPresent = 1 | 0x8000;
        var memory = mmap(null, length, readAndWrite, sharedAndPresent, file, offset);
        return (nint)memory == -1 ? null : (byte*)memory;
    }

    public static void Unmap(byte* memory, nuint length) => _ = munmap(memory, length);

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);

    /// <summary><c>struct io_uring_params</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    public struct RingParameters
    {
        [FieldOffset(0)]
        public uint CallCount;
        [FieldOffset(4)]
        public uint ResultCount;
        [FieldOffset(8)]
        public uint Flags;
        [FieldOffset(20)]
        public uint Features;
        [FieldOffset(40)]
        public CallOffsets Calls;
        [FieldOffset(80)]
        public ResultOffsets Results;
    }

    /// <summary><c>struct io_sqring_offsets</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    public struct CallOffsets
    {
        [FieldOffset(0)]
        public uint Head;
        [FieldOffset(4)]
        public uint Tail;
        [FieldOffset(8)]
        public uint Mask;
        [FieldOffset(24)]
        public uint Order;
    }

    /// <summary><c>struct io_cqring_offsets</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    public struct ResultOffsets
    {
        [FieldOffset(0)]
        public uint Head;
        [FieldOffset(4)]
        public uint Tail;
        [FieldOffset(8)]
        public uint Mask;
        [FieldOffset(20)]
        public uint Entries;
    }

    /// <summary><c>struct io_uring_sqe</c>. The other fields stay 0.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct RingEntry
    {
        [FieldOffset(0)]
        public byte Operation;
        [FieldOffset(4)]
        public int File;
        [FieldOffset(16)]
        public ulong Address;
        [FieldOffset(24)]
        public uint Length;
        [FieldOffset(28)]
        public uint Flags;
        [FieldOffset(32)]
        public ulong Data;
    }

    /// <summary><c>struct io_uring_cqe</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    public struct RingResult
    {
        [FieldOffset(0)]
        public ulong Data;
        [FieldOffset(8)]
        public int Value;
    }
}
