namespace AspireLB.EventLoops;

/// <summary>Options of the event loops. They are read once, when the server starts.</summary>
public sealed class EventLoopOptions
{
    /// <summary>
    /// Whether many receives and sends may be one system call (io_uring), where the system allows it: from Linux 6.1, and not under Docker's default
    /// filter of system calls. Otherwise each is a call of its own. Default true.
    /// </summary>
    public bool IoUring { get; set; } = true;

    /// <summary>
    /// Client connections at a time; more wait in the system's backlog until others close. Default 0: half of what the process's limit of open files
    /// leaves after 320 for the program itself, so that each client can have a connection to a backend at the same time.
    /// </summary>
    public int MaxConnections { get; set; }
}
