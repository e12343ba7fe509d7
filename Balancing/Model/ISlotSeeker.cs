using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>A request that wants a place at a backend.</summary>
internal interface ISlotSeeker
{
    /// <summary>The backends it may use at this moment; may be empty, and may change while it waits.</summary>
    AvailableBackends Candidates { get; }

    /// <summary>The limits in force at this moment: a cap that a reload has lowered holds for those who wait already, too.</summary>
    LimitOptions Limits { get; }

    /// <summary>The client has left, and with it the wish. Asked for only by who has to wait.</summary>
    CancellationToken ClientGone { get; }

    /// <summary>Chooses among candidates that have a place free; one at least.</summary>
    Backend Pick(AvailableBackends free);
}
