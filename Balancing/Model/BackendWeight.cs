using System.Globalization;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Model;

/// <summary>BackendWeight reads a backend's configured weight from the metadata of YARP's destination.</summary>
internal static class BackendWeight
{
    /// <summary>The metadata key.</summary>
    public const string Metadata = "Weight";

    /// <summary>The largest weight; the smallest is 1.</summary>
    public const int Maximum = 1000;

    /// <summary>Parses the metadata value.</summary>
    public static bool TryParse(string? text, out int weight) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out weight) && weight is >= 1 and <= Maximum;

    /// <summary>The weight of a destination; 1 if its metadata has no valid one.</summary>
    public static int For(DestinationConfig config) =>
        config.Metadata?.TryGetValue(Metadata, out var text) == true && TryParse(text, out var weight) ? weight : 1;
}
