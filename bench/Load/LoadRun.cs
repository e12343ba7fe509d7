using System.Diagnostics;

namespace AspireLB.Load;

/// <summary>
/// Runs the load. Closed loop: every connection sends again as soon as it has a response. Open loop (<see cref="Options.Rate"/>): requests are due
/// at even intervals and their latency counts from then, so a stalled proxy is charged for every request that it delayed.
/// </summary>
internal sealed class LoadRun(Options options)
{
    private const int TimerToken = -1;
    private const int FailuresToGiveUp = 10_000;

    private readonly Poller _poller = new();
    private readonly Timer _timer = new();
    private readonly Histogram _latencies = new();
    private readonly Queue<Connection> _idle = new(options.Connections);
    private Connection[] _connections = [];
    private long _began, _measuredFrom, _ends, _nextDue, _started, _answered, _failures;
    private string _firstFailure = "";

    private bool Sending =>
        Stopwatch.GetTimestamp() < _ends && (options.Requests == 0 || _started < options.Requests) && _failures < FailuresToGiveUp;

    /// <summary>Open loop: requests that are due and wait for a connection.</summary>
    private long Overdue => options.Rate > 0 && _failures < FailuresToGiveUp
        ? Math.Max(0, (long)((_ends - _nextDue) * options.Rate / Stopwatch.Frequency))
        : 0;

    public Result Run()
    {
        var payload = new Payload(options);
        _connections = [.. Enumerable.Range(0, options.Connections).Select(token => new Connection(token, options, _poller, payload))];
        _poller.Add(_timer.Descriptor, TimerToken, Libc.Readable);
        _began = _nextDue = Stopwatch.GetTimestamp();
        _measuredFrom = _began + Ticks(options.Warmup);
        _ends = _measuredFrom + Ticks(options.Seconds);
        foreach (var connection in _connections)
        {
            Begin(connection);
        }

        while (Sending)
        {
            Step();
        }

        Drain();
        var seconds = Stopwatch.GetElapsedTime(_measuredFrom, Math.Min(_ends, Stopwatch.GetTimestamp())).TotalSeconds;
        return Result.Of(_answered, _latencies, seconds, _failures, _firstFailure);
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private void Step()
    {
        if (options.Rate > 0)
        {
            SendWhatIsDue();
        }

        var events = _poller.Wait(milliseconds: 100);
        for (var i = 0; i < events; i++)
        {
            if (_poller.Token(i) == TimerToken)
            {
                _timer.Acknowledge();
            }
            else
            {
                Handle(_connections[_poller.Token(i)], _poller.Events(i));
            }
        }
    }

    private void SendWhatIsDue()
    {
        var now = Math.Min(_ends, Stopwatch.GetTimestamp());
        while (_nextDue <= now && _idle.TryDequeue(out var connection))
        {
            // The queue contains hints: meanwhile a connection may have been closed, or reopened and queued again.
            if (connection.Connected && !connection.InFlight)
            {
                Send(connection, _nextDue);
                _nextDue += (long)(Stopwatch.Frequency / options.Rate);
            }
        }

        if (_idle.Count > 0 && _nextDue <= _ends)
        {
            _timer.Set(_nextDue - Stopwatch.GetTimestamp());
        }
    }

    private void Handle(Connection connection, uint events)
    {
        var wasConnected = connection.Connected;
        var progress = connection.OnEvent(events);
        if (progress == Progress.Failed)
        {
            Fail(connection);
        }
        else if (progress == Progress.Answered)
        {
            Record(connection);
            if (options.NewConnections || connection.Closes)
            {
                Begin(connection);
            }
            else
            {
                Ready(connection);
            }
        }
        else if (!wasConnected && connection.Connected)
        {
            Ready(connection);
        }
    }

    private void Begin(Connection connection)
    {
        connection.Close();
        if (Sending)
        {
            connection.Due = Stopwatch.GetTimestamp();
            connection.Open();
        }
    }

    private void Ready(Connection connection)
    {
        if (options.Rate > 0)
        {
            _idle.Enqueue(connection);
        }
        else if (Sending)
        {
            // With one connection per request, connecting is part of the request's time.
            Send(connection, options.NewConnections ? connection.Due : Stopwatch.GetTimestamp());
        }
    }

    private void Send(Connection connection, long due)
    {
        _started++;
        connection.Due = due;
        if (connection.Send() == Progress.Failed)
        {
            Fail(connection);
        }
    }

    private void Record(Connection connection)
    {
        _answered++;
        if (connection.Due >= _measuredFrom)
        {
            _latencies.Add((Stopwatch.GetTimestamp() - connection.Due) * 1_000_000_000 / Stopwatch.Frequency);
        }
    }

    private void Fail(Connection connection)
    {
        // The proxy may close an idle connection at any time; no request fails because of it.
        if (connection.InFlight || !connection.Connected)
        {
            _failures++;
            _firstFailure = _firstFailure.Length == 0 ? connection.Failure : _firstFailure;
        }

        Begin(connection);
    }

    private void Drain()
    {
        var until = Stopwatch.GetTimestamp() + Ticks(2);
        while ((_connections.Any(connection => connection.InFlight) || Overdue > 0) && Stopwatch.GetTimestamp() < until)
        {
            Step();
        }

        var unanswered = _connections.Count(connection => connection.InFlight) + Overdue;
        _failures += unanswered;
        _firstFailure = _firstFailure.Length == 0 && unanswered > 0 ? "no answer in time" : _firstFailure;
    }
}
