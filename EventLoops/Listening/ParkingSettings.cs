namespace AspireLB.EventLoops.Listening;

/// <summary>ParkingSettings says when connections are parked.</summary>
internal sealed record ParkingSettings
{
    /// <summary>Smallest number of sockets at which connections are parked. With fewer, the memory saved is not worth the cost of parking.</summary>
    public int Sockets { get; init; } = 256;

    /// <summary>Time between two sweeps over all connections.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Consecutive sweeps that must find a connection quiet. With the default values it has then been idle for 0.75 to 1 s.</summary>
    public int QuietSweeps { get; init; } = 4;

    /// <summary>
    /// The most sweeps that a connection may be required to be quiet for (32 s). Each return from parking doubles the number, beginning with
    /// <see cref="QuietSweeps"/>: clients that send a request every few seconds would otherwise be parked each time, and a return costs about as much
    /// as a new connection.
    /// </summary>
    public int MaxQuietSweeps { get; init; } = 128;

    /// <summary>Number of parked connections whose garbage (about 5 MB) is worth a collection once the process is otherwise idle.</summary>
    public int WorthCollecting { get; init; } = 1000;
}
