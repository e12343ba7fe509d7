using System.Runtime.CompilerServices;

namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// Buffers is a pool of pinned byte arrays, whose addresses may be passed to the kernel. Each thread caches a few: an array that was just returned is
/// still in the processor's cache.
/// </summary>
internal static class Buffers
{
    public const int Small = 4 * 1024;
    public const int Medium = 16 * 1024;
    public const int Large = 64 * 1024;

    private static readonly Size[] Sizes = [new(Small, 96, 2048), new(Medium, 16, 256), new(Large, 4, 64)];

    [ThreadStatic]
    private static Cache[]? _caches;

    /// <summary>Rents an array of at least this many bytes. Its contents are undefined.</summary>
    public static byte[] Rent(int bytes)
    {
        var size = bytes <= Small ? 0 : bytes <= Medium ? 1 : bytes <= Large ? 2 : -1;
        if (size < 0)
            return GC.AllocateUninitializedArray<byte>(bytes, pinned: true);

        ref var cache = ref Caches()[size];
        if (cache.Count > 0)
            return cache.Arrays[--cache.Count];
        return Sizes[size].TryTake() ?? GC.AllocateUninitializedArray<byte>(Sizes[size].Bytes, pinned: true);
    }

    /// <summary>Returns an array to the pool. Arrays of other sizes, and those beyond the pool's limits, are left to the garbage collector.</summary>
    public static void Return(byte[] array)
    {
        var size = array.Length switch { Small => 0, Medium => 1, Large => 2, _ => -1 };
        if (size < 0)
            return;

        ref var cache = ref Caches()[size];
        if (cache.Count < cache.Arrays.Length)
            cache.Arrays[cache.Count++] = array;
        else
            Sizes[size].Keep(array);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Cache[] Caches() => _caches ?? CreateCaches();

    private static Cache[] CreateCaches() => _caches = [.. Sizes.Select(size => new Cache { Arrays = new byte[size.PerThread][] })];

    private struct Cache
    {
        public byte[][] Arrays;
        public int Count;
    }

    /// <summary>The arrays of one size that all threads share.</summary>
    private sealed class Size(int bytes, int perThread, int shared)
    {
        private readonly Lock _gate = new();
        private readonly Stack<byte[]> _shared = new();

        public int Bytes => bytes;

        public int PerThread => perThread;

        public byte[]? TryTake()
        {
            lock (_gate)
                return _shared.TryPop(out var array) ? array : null;
        }

        public void Keep(byte[] array)
        {
            lock (_gate)
            {
                if (_shared.Count < shared)
                    _shared.Push(array);
            }
        }
    }
}
