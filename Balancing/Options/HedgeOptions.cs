using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>
/// Hedging: a request that waits long for its response head is sent to a second backend too, and the first answer counts. For the safe methods
/// (RFC 9110, section 9.2.1) and bodies that are buffered, once a request, within the retry budget.
/// </summary>
public sealed class HedgeOptions
{
    /// <summary>Whether requests are hedged. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>Time without a response head after which the second attempt begins; null (the default) takes it from <see cref="Percentile"/>.</summary>
    [Duration("00:00:00.001", "01:00:00")]
    public TimeSpan? Delay { get; set; }

    /// <summary>
    /// Where no <see cref="Delay"/> is set, it is the time in which this share of the cluster's answers of the last minute came, in percent; with fewer than
    /// a hundred of them nothing is hedged. Default 95.
    /// </summary>
    [Range(50.0, 99.9)]
    public double Percentile { get; set; } = 95;
}
