using System.Runtime.InteropServices;

namespace AspireLB.LoadBalancer.Sockets;

/// <summary>The event loops, one a processor.</summary>
internal sealed class EventLoops : IDisposable
{
    private readonly EventLoop[] _loops;
    private uint _next;

    public EventLoops(int count)
    {
        _loops = new EventLoop[count];
        for (var i = 0; i < count; i++)
            _loops[i] = new(i);
    }

    /// <summary>Whether this machine's kernel is one that the loops know.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public int Count => _loops.Length;

    /// <summary>A loop for a new socket: the one that runs the caller, or else the one that watches the fewest.</summary>
    public EventLoop ForHere() => EventLoop.Current ?? Idlest();

    /// <summary>The loop that watches the fewest sockets; in turn where several do.</summary>
    public EventLoop Idlest()
    {
        var start = Interlocked.Increment(ref _next);
        var best = _loops[start % _loops.Length];
        for (var i = 1; i < _loops.Length; i++)
        {
            var other = _loops[(start + i) % _loops.Length];
            if (other.Count < best.Count)
                best = other;
        }

        return best;
    }

    public void Dispose()
    {
        foreach (var loop in _loops)
            loop.Dispose();
    }
}
