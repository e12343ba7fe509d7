namespace AspireLB.Balancing.Model;

/// <summary>BackendAdministration keeps what an operator decided about a backend at run time.</summary>
internal sealed class BackendAdministration(TimeProvider time)
{
    private int _drainedMarked;

    public AdministrativeState State { get; private set; }

    /// <summary>When draining began; <see cref="DateTimeOffset.MinValue"/> if the backend is not draining.</summary>
    public DateTimeOffset DrainsSince { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The weight set at run time, which replaces the configured one; null if none is set.</summary>
    public int? WeightOverride { get; set; }

    public void Set(AdministrativeState state)
    {
        if (state == State)
            return;
        DrainsSince = state == AdministrativeState.Draining ? time.GetUtcNow() : DateTimeOffset.MinValue;
        _drainedMarked = 0;
        State = state;
    }

    /// <summary>Marks a draining backend as drained.</summary>
    /// <returns>True only for the first call since draining began; false if the backend is not draining.</returns>
    public bool TryMarkDrained() => State == AdministrativeState.Draining && Interlocked.Exchange(ref _drainedMarked, 1) == 0;
}
