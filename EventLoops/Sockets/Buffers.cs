using System.Runtime.CompilerServices;

namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// Byte arrays used over and over, that the collector never moves: the kernel may be given their addresses. Each thread has a few at hand, as one
/// that was just let go is still in the processor's cache.
/// </summary>
internal static class Buffers
{
    public const int Small = 4 * 1024;
    public const int Medium = 16 * 1024;
    public const int Large = 64 * 1024;

    private static readonly Size[] Sizes = [new(Small, 96, 2048), new(Medium, 16, 256), new(Large, 4, 64)];

    [ThreadStatic]
    private static Shelf[]? _shelves;

    /// <summary>An array of at least this many bytes, with whatever was in it.</summary>
    public static byte[] Rent(int bytes)
    {
        var size = bytes <= Small ? 0 : bytes <= Medium ? 1 : bytes <= Large ? 2 : -1;
        if (size < 0)
            return GC.AllocateUninitializedArray<byte>(bytes, pinned: true);

        ref var shelf = ref Shelves()[size];
        if (shelf.Count > 0)
            return shelf.Arrays[--shelf.Count];
        return Sizes[size].TryTake() ?? GC.AllocateUninitializedArray<byte>(Sizes[size].Bytes, pinned: true);
    }

    /// <summary>Takes an array back. Others than those rented, and what is more than worth keeping, go to the collector.</summary>
    public static void Return(byte[] array)
    {
        var size = array.Length switch { Small => 0, Medium => 1, Large => 2, _ => -1 };
        if (size < 0)
            return;

        ref var shelf = ref Shelves()[size];
        if (shelf.Count < shelf.Arrays.Length)
            shelf.Arrays[shelf.Count++] = array;
        else
            Sizes[size].Keep(array);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Shelf[] Shelves() => _shelves ?? CreateShelves();

    private static Shelf[] CreateShelves() => _shelves = [.. Sizes.Select(size => new Shelf { Arrays = new byte[size.AThread][] })];

    private struct Shelf
    {
        public byte[][] Arrays;
        public int Count;
    }

    /// <summary>What all threads share of one size.</summary>
    private sealed class Size(int bytes, int aThread, int inCommon)
    {
        private readonly Lock _gate = new();
        private readonly Stack<byte[]> _common = new();

        public int Bytes => bytes;

        public int AThread => aThread;

        public byte[]? TryTake()
        {
            lock (_gate)
                return _common.TryPop(out var array) ? array : null;
        }

        public void Keep(byte[] array)
        {
            lock (_gate)
            {
                if (_common.Count < inCommon)
                    _common.Push(array);
            }
        }
    }
}
