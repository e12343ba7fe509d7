using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// What an attempt has to heed while another one at the same request runs beside it. The request's context is made for one user at a time: whatever
/// touches it is done within <see cref="Gate"/> by an attempt that has not lost, and after the decision by the winner alone.
/// </summary>
internal sealed class Racer(Lock gate, IReverseProxyFeature proxy, DestinationState destination) : IDisposable
{
    private readonly CancellationTokenSource _overtaken = new();
    private CancellationTokenSource? _either;
    private volatile bool _hasLost;

    /// <summary>Shared by both attempts.</summary>
    public Lock Gate => gate;

    /// <summary>Whether the other attempt was faster. Final.</summary>
    public bool HasLost => _hasLost;

    /// <summary>Makes the context this attempt's own, until the gate is left. False: it has lost and does nothing more. Called within <see cref="Gate"/>.</summary>
    public bool TryTakeTurn()
    {
        if (_hasLost)
            return false;

        // The destination's own host name and the affinity of the session are looked up there.
        proxy.ProxiedDestination = destination;
        return true;
    }

    /// <summary>Ends when the client leaves or the attempt has lost.</summary>
    public CancellationToken TryEnd(CancellationToken clientGone)
    {
        _either = CancellationTokenSource.CreateLinkedTokenSource(clientGone, _overtaken.Token);
        return _either.Token;
    }

    /// <summary>The other one has won. Called within <see cref="Gate"/>; what follows from it happens elsewhere.</summary>
    public void Lose()
    {
        _hasLost = true;
        _ = _overtaken.CancelAsync();
    }

    public void Dispose()
    {
        _either?.Dispose();
        _overtaken.Dispose();
    }
}
