using AspireLB.Balancing.Options;
using System.ComponentModel.DataAnnotations;
using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>An entry of <c>Backends</c> written as an object.</summary>
[OptionsSection]
internal sealed partial class BackendEntryOptions
{
    /// <summary>Name shown in the console and used by the admin API. Default: the address's host if it is a name, otherwise host:port.</summary>
    [RegularExpression("[A-Za-z0-9._:\\[\\]-]{1,128}", ErrorMessage = "1 to 128 letters, digits and . _ : -")]
    public string? Name { get; set; }

    /// <summary>URL of the backend.</summary>
    [Required]
    public string? Address { get; set; }

    /// <summary>Share of the traffic relative to the other backends. Default 1.</summary>
    [Range(1, BackendWeight.Maximum)]
    public int Weight { get; set; } = 1;
}
