namespace AspireLB.Load;

/// <summary>Opens many connections, sends one request on each and keeps them open until standard input ends.</summary>
internal sealed class IdleRun(Options options)
{
    // Limits simultaneous connects to the smallest accept queue among the proxies.
    private const int AtATime = 64;

    private readonly Poller _poller = new();
    private Connection[] _connections = [];
    private int _next, _answered, _failures, _closed;
    private string _firstFailure = "";

    public void Run()
    {
        var payload = new Payload(options);
        _connections = [.. Enumerable.Range(0, options.Connections).Select(token => new Connection(token, options, _poller, payload))];
        while (_next < Math.Min(AtATime, _connections.Length))
        {
            OpenNext();
        }

        while (_answered + _failures < _connections.Length)
        {
            Step(milliseconds: 100);
        }

        Console.WriteLine(Result.Of(_answered, new(), 0, _failures, _firstFailure).ToJson());
        _ = Console.In.ReadToEnd();
        while (Step(milliseconds: 0) > 0)
        {
        }

        Console.WriteLine(Result.Of(_answered, new(), 0, _closed, _closed > 0 ? "closed while idle" : "").ToJson());
    }

    private void OpenNext()
    {
        if (_next < _connections.Length)
        {
            _connections[_next++].Open();
        }
    }

    private int Step(int milliseconds)
    {
        var events = _poller.Wait(milliseconds);
        for (var i = 0; i < events; i++)
        {
            Handle(_connections[_poller.Token(i)], _poller.Events(i));
        }

        return events;
    }

    private void Handle(Connection connection, uint events)
    {
        var (wasConnected, wasInFlight) = (connection.Connected, connection.InFlight);
        var progress = connection.OnEvent(events);
        if (progress == Progress.Waiting && !wasConnected && connection.Connected)
        {
            progress = connection.Send();
        }

        if (progress == Progress.Failed && wasConnected && !wasInFlight)
        {
            _closed++;
            connection.Close();
        }
        else if (progress == Progress.Failed)
        {
            _failures++;
            _firstFailure = connection.Failure;
            connection.Close();
            OpenNext();
        }
        else if (progress == Progress.Answered)
        {
            _answered++;
            OpenNext();
        }
    }
}
