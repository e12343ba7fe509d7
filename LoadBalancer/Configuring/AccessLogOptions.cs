using AspireLB.Balancing.Options;
using System.ComponentModel.DataAnnotations;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The access log: one line per request. Read at start-up.</summary>
[OptionsSection]
internal sealed partial class AccessLogOptions
{
    /// <summary>None (the default), Json (one JSON object per line) or Combined (the format of Apache and nginx).</summary>
    [Required, RegularExpression("None|Json|Combined", ErrorMessage = "None, Json or Combined")]
    public string Format { get; set; } = "None";

    /// <summary>File to write to; null (the default): standard output.</summary>
    public string? File { get; set; }

    /// <summary>Size in bytes at which the file is renamed to File.1 and a new one begins. Default 100 MB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxFileBytes { get; set; } = 100_000_000;

    /// <summary>Number of renamed files to keep. Default 5.</summary>
    [Range(0, 1000)]
    public int KeptFiles { get; set; } = 5;

    /// <summary>Lines that may wait to be written; when there are more, further lines are dropped and counted. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int Buffer { get; set; } = 10_000;
}
