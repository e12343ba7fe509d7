using System.Net;
using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AspireLB.EventLoops.Listening;

/// <summary>
/// EventLoopListenerFactory makes Kestrel listen through the event loops. Other kinds of endpoints, such as a handle passed by the service manager,
/// stay with Kestrel's own sockets.
/// </summary>
internal sealed class EventLoopListenerFactory(
    EventLoopGroup loops,
    ConnectionSlots slots,
    IMemoryPoolFactory<byte> memory,
    IOptions<KestrelServerOptions> kestrel,
    ParkingSettings parking,
    ILogger<EventLoopListener> logger,
    TimeProvider time)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private const int Backlog = 4096;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new EventLoopListener(endpoint, Backlog, loops, slots, memory.Create(), CreateLot, logger, time));

    private ParkingLot CreateLot(Action<ClientSocket> resumed) => new(loops, parking, kestrel.Value.Limits.KeepAliveTimeout, time, resumed);
}
