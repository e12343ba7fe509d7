namespace AspireLB.EventLoops.Listening;

/// <summary>When connections are parked.</summary>
internal sealed record ParkingSettings
{
    /// <summary>Sockets that must be there at least: a few connections take little memory, and parking costs something.</summary>
    public int Sockets { get; init; } = 256;

    /// <summary>Between two looks at all connections.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks in a row that must find a connection quiet: so it has been idle for 0.75 to 1 s.</summary>
    public int QuietSweeps { get; init; } = 4;

    /// <summary>
    /// Each return doubles <see cref="QuietSweeps"/> for a connection, up to this (32 s): clients that ask every few seconds would otherwise be
    /// parked each time, and a return costs about as much as a new connection.
    /// </summary>
    public int MaxQuietSweeps { get; init; } = 128;

    /// <summary>Parked connections that leave enough behind for a collection of its own, once nothing else goes on: some 5 MB.</summary>
    public int WorthCollecting { get; init; } = 1000;
}
