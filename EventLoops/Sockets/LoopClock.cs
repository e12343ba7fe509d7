namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// LoopClock is the system's clock, read once for each event that a loop handles, because a request asks for the time a dozen times within a few
/// microseconds. On other threads every call reads the clock.
/// </summary>
internal sealed class LoopClock : TimeProvider
{
    public override long GetTimestamp()
    {
        if (EventLoop.Current is not { } loop)
            return base.GetTimestamp();

        if (loop.TurnTime == 0)
            loop.TurnTime = base.GetTimestamp();
        return loop.TurnTime;
    }
}
