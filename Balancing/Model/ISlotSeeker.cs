using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>ISlotSeeker is a request that needs a slot at a backend.</summary>
internal interface ISlotSeeker
{
    /// <summary>The backends that the request may use now. The list may be empty, and may change while the request waits.</summary>
    AvailableBackends Candidates { get; }

    /// <summary>The limits in effect now. A cap that a reload has changed also applies to requests that already wait.</summary>
    LimitOptions Limits { get; }

    /// <summary>Cancelled when the client closes its connection. Read only if the request has to wait.</summary>
    CancellationToken ClientGone { get; }

    /// <summary>Picks one of the candidates that have a free slot. There is at least one.</summary>
    Backend Pick(AvailableBackends free);
}
