using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// Racer coordinates an attempt with another one at the same request that runs at the same time. The request's context supports one user at a time.
/// An attempt may use it only while holding <see cref="Gate"/> and if it has not lost; after the decision only the winner may use it.
/// </summary>
internal sealed class Racer(Lock gate, IReverseProxyFeature proxy, DestinationState destination) : IDisposable
{
    private readonly CancellationTokenSource _overtaken = new();
    private CancellationTokenSource? _either;
    private volatile bool _hasLost;

    /// <summary>The lock that both attempts share.</summary>
    public Lock Gate => gate;

    /// <summary>Whether the other attempt has won. Once true it stays true.</summary>
    public bool HasLost => _hasLost;

    /// <summary>Gives this attempt the request's context until <see cref="Gate"/> is released. The caller must hold the gate.</summary>
    /// <returns>False if the attempt has lost and must stop.</returns>
    public bool TryTakeTurn()
    {
        if (_hasLost)
            return false;

        // YARP reads the destination's host name and the session affinity from here.
        proxy.ProxiedDestination = destination;
        return true;
    }

    /// <summary>A token that is cancelled when the client closes its connection or the attempt loses.</summary>
    public CancellationToken TryEnd(CancellationToken clientClosed)
    {
        _either = CancellationTokenSource.CreateLinkedTokenSource(clientClosed, _overtaken.Token);
        return _either.Token;
    }

    /// <summary>Records that the other attempt has won. The caller must hold <see cref="Gate"/>; cancellation callbacks run outside it.</summary>
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
