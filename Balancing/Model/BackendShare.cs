namespace AspireLB.Balancing.Model;

/// <summary>BackendShare keeps the weights that decide a backend's share of its cluster's traffic.</summary>
internal sealed class BackendShare
{
    /// <summary>The configured weight, relative to the weights of the cluster's other backends.</summary>
    public int ConfiguredWeight { get; set; } = 1;

    /// <summary>The weight that policies use: the weight in effect times <see cref="SlowStartRamp.Scale"/>, reduced during slow start.</summary>
    public int PickingWeight { get; set; } = SlowStartRamp.Scale;
}
