using System.Net;
using System.Net.Sockets;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>
/// AddressBook holds the addresses of a backend that is configured by name. When their lifetime is over it looks them up again in the background,
/// and the former addresses serve meanwhile. A look-up that fails keeps them. The system's resolver does not report a record's time to live, so
/// the lifetime is fixed.
/// </summary>
internal sealed class AddressBook(EndPoint endPoint, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
{
    /// <summary>How long addresses are used before they are looked up again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private EndPoint[] _known = endPoint is DnsEndPoint ? [] : [endPoint];
    private long _lookedUp;
    private Task? _lookUp;
    private int _next;

    /// <summary>Called with the new addresses when they have changed, so that connections to former ones can be retired.</summary>
    public Action<EndPoint[]>? Changed { get; set; }

    private bool IsStale => endPoint is DnsEndPoint && (_known.Length == 0 || time.GetElapsedTime(Volatile.Read(ref _lookedUp)) > Lifetime);

    /// <summary>The addresses to try, in an order that spreads connections over all of them. Empty if the name does not resolve.</summary>
    public async ValueTask<EndPoint[]> GetAsync(CancellationToken cancellation)
    {
        RefreshIfStale();
        if (_known.Length == 0 && _lookUp is { } first)
            await first.WaitAsync(cancellation);

        var known = _known;
        if (known.Length < 2)
            return known;

        var start = (uint)Interlocked.Increment(ref _next) % known.Length;
        return [.. known[(int)start..], .. known[..(int)start]];
    }

    /// <summary>Starts a look-up if one is due. The check is cheap enough for every request.</summary>
    public void RefreshIfStale()
    {
        if (!IsStale)
            return;

        lock (_gate)
        {
            if (IsStale && _lookUp is null or { IsCompleted: true })
                _lookUp = LookUpAsync((DnsEndPoint)endPoint);
        }
    }

    private async Task LookUpAsync(DnsEndPoint name)
    {
        try
        {
            var addresses = await lookUp(name.Host, CancellationToken.None);
            EndPoint[] found = [.. addresses.Distinct().Select(address => new IPEndPoint(address, name.Port))];
            if (found.Length == 0)
                return;

            var isChange = _known.Length > 0 && !_known.ToHashSet().SetEquals(found);
            _known = found;
            if (isChange)
                Changed?.Invoke(found);
        }
        catch (SocketException)
        {
            // The name does not resolve now: keep the former addresses.
        }
        finally
        {
            Volatile.Write(ref _lookedUp, time.GetTimestamp());
        }
    }
}
