using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Configuring;

/// <summary>One error in the configuration: its key, the value found, and what is allowed.</summary>
internal sealed record ConfigurationError(string Key, string? Value, string Allowed)
{
    /// <summary>Maximum number of characters of a value to show, so that the text after it stays visible.</summary>
    public const int ShownLength = 200;

    public override string ToString() => Value is null
        ? SecretText.Masked($"{Key}: {Allowed}")
        : $"{SecretText.Masked(Key)}: '{Shortened(SecretText.Masked(Value))}' is not allowed; {SecretText.Masked(Allowed)}";

    // Mask before shortening: half of a URL with a password is no longer recognized as a URL.
    private static string Shortened(string value) => value.Length <= ShownLength ? value : $"{value[..ShownLength]}… ({value.Length} characters)";
}

/// <summary>Thrown when the configuration is invalid. Carries every error found, not only the first.</summary>
internal sealed class InvalidConfigurationException(IReadOnlyList<ConfigurationError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
