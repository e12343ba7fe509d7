using AspireLB.Balancing.Options;
using System.ComponentModel.DataAnnotations;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The access log: a line for each request. Read at start-up.</summary>
[OptionsSection]
internal sealed partial class AccessLogOptions
{
    /// <summary>None (the default), Json (a JSON object a line) or Combined (as Apache and nginx write it).</summary>
    [Required, RegularExpression("None|Json|Combined", ErrorMessage = "None, Json or Combined")]
    public string Format { get; set; } = "None";

    /// <summary>File to write to; null (the default): standard output.</summary>
    public string? File { get; set; }

    /// <summary>Size in bytes at which a file is put aside as File.1 and a new one begun. Default 100 MB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxFileBytes { get; set; } = 100_000_000;

    /// <summary>Files put aside that are kept. Default 5.</summary>
    [Range(0, 1000)]
    public int KeptFiles { get; set; } = 5;

    /// <summary>Lines that may wait to be written; when there are more, lines are left out and counted. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int Buffer { get; set; } = 10_000;
}
