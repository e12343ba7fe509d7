using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>
/// Hedging: a request that waits long for its response head is also sent to a second backend, and the first response is used. Only requests with a
/// safe method (RFC 9110, section 9.2.1) and a buffered body are hedged, once for each request, within the retry budget.
/// </summary>
[OptionsSection]
public sealed partial class HedgeOptions
{
    /// <summary>Whether requests are hedged. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>Time without a response head after which the second attempt begins. Default null: derived from <see cref="Percentile"/>.</summary>
    [Duration("00:00:00.001", "01:00:00")]
    public TimeSpan? Delay { get; set; }

    /// <summary>
    /// If no <see cref="Delay"/> is set, the delay is the time within which this share of the cluster's responses of the last minute arrived, in
    /// percent. With fewer than 100 responses no request is hedged. Default 95.
    /// </summary>
    [Range(50.0, 99.9)]
    public double Percentile { get; set; } = 95;
}
