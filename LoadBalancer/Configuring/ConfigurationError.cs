using AspireLB.LoadBalancer.Configuring.Secrets;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>One thing wrong with the configuration: where, what was found, and what is allowed there.</summary>
internal sealed record ConfigurationError(string Key, string? Value, string Allowed)
{
    public override string ToString() => SecretText.Masked(Value is null ? $"{Key}: {Allowed}" : $"{Key}: '{Value}' is not allowed; {Allowed}");
}

/// <summary>The configuration can't be used. Carries every error found, not only the first.</summary>
internal sealed class InvalidConfigurationException(IReadOnlyList<ConfigurationError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
