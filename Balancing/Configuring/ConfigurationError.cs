using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Configuring;

/// <summary>One thing wrong with the configuration: where, what was found, and what is allowed there.</summary>
internal sealed record ConfigurationError(string Key, string? Value, string Allowed)
{
    /// <summary>Characters of a value that are shown; what is allowed has to be found behind it.</summary>
    public const int ShownLength = 200;

    public override string ToString() => Value is null
        ? SecretText.Masked($"{Key}: {Allowed}")
        : $"{SecretText.Masked(Key)}: '{Shortened(SecretText.Masked(Value))}' is not allowed; {SecretText.Masked(Allowed)}";

    // Only once its secrets are masked: half an address with a password does not look like one.
    private static string Shortened(string value) => value.Length <= ShownLength ? value : $"{value[..ShownLength]}… ({value.Length} characters)";
}

/// <summary>The configuration can't be used. Carries every error found, not only the first.</summary>
internal sealed class InvalidConfigurationException(IReadOnlyList<ConfigurationError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
