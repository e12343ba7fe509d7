using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace AspireLB.Balancing.Options;

/// <summary>
/// DurationAttribute sets the inclusive bounds of a duration. Bounds are written as in the configuration: <c>[d.]hh:mm:ss[.fff]</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationAttribute(string minimum, string maximum) : ValidationAttribute
{
    public TimeSpan Minimum { get; } = TimeSpan.Parse(minimum, CultureInfo.InvariantCulture);

    public TimeSpan Maximum { get; } = TimeSpan.Parse(maximum, CultureInfo.InvariantCulture);

    public override bool IsValid(object? value) => value is null || (value is TimeSpan span && span >= Minimum && span <= Maximum);

    public override string FormatErrorMessage(string name) => $"{Minimum:c} to {Maximum:c}";
}
