namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// The system's clock, read once for each event that a loop deals with: a request asks for the time a dozen times within a few microseconds. Off the
/// loops' threads every question is a reading.
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
