namespace AspireLB.Load;

/// <summary>The backend for uploads: reads the whole body of each request, then responds with the small JSON.</summary>
internal sealed unsafe class Sink
{
    private readonly Poller _poller = new();
    private readonly Dictionary<int, int> _ports = [];
    private readonly Dictionary<int, SinkConnection> _connections = [];

    public void Serve(IEnumerable<int> ports)
    {
        foreach (var port in ports)
        {
            Listen(port);
        }

        while (true)
        {
            var events = _poller.Wait(milliseconds: -1);
            for (var i = 0; i < events; i++)
            {
                var fd = _poller.Token(i);
                if (_ports.ContainsKey(fd))
                {
                    Accept(fd);
                }
                else if (!_connections[fd].TryContinue())
                {
                    _ = _connections.Remove(fd);
                    _ = Libc.close(fd);
                }
            }
        }
    }

    private void Listen(int port)
    {
        var fd = Libc.socket(Libc.Inet, Libc.StreamNonBlocking, 0);
        Libc.SetOption(fd, Libc.SocketLevel, Libc.ReuseAddress);
        var address = stackalloc byte[16];
        Libc.LoopbackAddress(address, port);
        if (Libc.bind(fd, address, 16) != 0 || Libc.listen(fd, 4096) != 0)
        {
            throw new InvalidOperationException($"Cannot listen on port {port}.");
        }

        _ports[fd] = port;
        _poller.Add(fd, fd, Libc.Readable);
    }

    private void Accept(int listener)
    {
        var fd = Libc.accept4(listener, null, null, 0x800);
        if (fd >= 0)
        {
            Libc.SetOption(fd, Libc.Tcp, Libc.NoDelay);
            _connections[fd] = new SinkConnection(fd);
            _poller.Add(fd, fd, Libc.Readable);
        }
    }
}
