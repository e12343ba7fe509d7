using System.ComponentModel.DataAnnotations;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>Describes the values that a validation attribute accepts, for error messages and the reference.</summary>
internal static class AllowedValues
{
    public static string Describe(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => $"{range.Minimum} to {range.Maximum}",
        DurationAttribute duration => $"{duration.Minimum:c} to {duration.Maximum:c}",
        RegularExpressionAttribute { ErrorMessage: { } words } => words,
        RequiredAttribute => "anything but empty",
        _ => rule.FormatErrorMessage("value"),
    };
}
