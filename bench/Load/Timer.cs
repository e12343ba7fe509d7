namespace AspireLB.Load;

/// <summary>A timerfd: wakes epoll with microsecond precision, while epoll's own time-out is in milliseconds.</summary>
internal sealed unsafe class Timer
{
    public int Descriptor { get; } = Libc.timerfd_create(Libc.Monotonic, Libc.TimerNonBlocking);

    public void Set(long nanoseconds)
    {
        nanoseconds = Math.Max(1, nanoseconds);
        var value = stackalloc long[] { 0, 0, nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000 };
        _ = Libc.timerfd_settime(Descriptor, 0, value, null);
    }

    public void Acknowledge()
    {
        long expirations;
        _ = Libc.read(Descriptor, (byte*)&expirations, sizeof(long));
    }
}
